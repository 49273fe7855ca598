import { expect, test } from "bun:test";
import { readDevice } from "../../src/csm-client/csm-device.ts";

const ID = "01234567-89AB-4DEF-8123-456789ABCDEF";

test("a device's features are read in every form SDKs send them", () => {
	const idf_list = [["a", ["dB", null]], "b", ["c", null], ["d", "raw"], ["e", []], null, [7], ""];
	const device = readDevice({ id: ID, idf_list, profile: {} });
	expect(device?.inputs).toEqual([
		{ name: "a", values: 2 },
		{ name: "b", values: 1 },
		{ name: "c", values: 1 },
		{ name: "d", values: 1 },
		{ name: "e", values: 1 },
	]);
	expect(device?.outputs).toBeUndefined();
	const many = Array.from({ length: 5000 }, (_, n) => [`f${n}`, Array(5000).fill("x")]);
	const large = readDevice({ id: ID, odf_list: many });
	expect([large?.outputs?.length, large?.outputs?.[0]?.values]).toEqual([200, 1000]);
	expect(readDevice({ id: ID, odf_list: "x" })?.outputs).toBeUndefined();
});

test("a device that speaks HTTP is marked, however that is written; an older CSM does not say", () => {
	const isHttp = (accept_protos: unknown) => readDevice({ id: ID, accept_protos })?.isHttp;
	expect([isHttp(["http"]), isHttp(["mqtt", "HTTP"])]).toEqual([true, true]);
	expect([isHttp(["mqtt"]), isHttp(undefined), isHttp("http")]).toEqual([false, false, false]);
});
