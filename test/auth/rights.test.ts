import { describe, expect, test } from "bun:test";
import type { Principal } from "../../src/auth/auth.ts";
import { Rights } from "../../src/auth/rights.ts";

const device: Principal = { kind: "device", id: "d", stamp: "" };
const idf = { daId: "d", mode: "idf", feature: "f" } as const;
const odf = { daId: "d", mode: "odf", feature: "f" } as const;

describe("rights of a device's login", () => {
	test("its control channels, one in each direction, and nothing else", () => {
		const rights = new Rights();
		expect(rights.mayPublish(device, "d/ctrl/i")).toBe(true);
		expect(rights.maySubscribe(device, "d/ctrl/o")).toBe(true);
		for (const topic of ["d/ctrl/o", "e/ctrl/i", "+/ctrl/i", "#", "", "iottalk/esm/x"]) {
			expect([topic, rights.mayPublish(device, topic)]).toEqual([topic, false]);
		}
		for (const filter of ["d/ctrl/i", "d/ctrl/+", "d/#", "#", "$share/g/d/ctrl/o", "$SYS/#"]) {
			expect([filter, rights.maySubscribe(device, filter)]).toEqual([filter, false]);
		}
	});

	test("follow links at once: IDF topics to publish, ODF topics to hear", () => {
		const rights = new Rights();
		rights.grant(idf, "in");
		rights.grant(odf, "out");
		expect([rights.mayPublish(device, "in"), rights.maySubscribe(device, "in")]).toEqual([
			true,
			false,
		]);
		expect([rights.mayPublish(device, "out"), rights.maySubscribe(device, "out")]).toEqual([
			false,
			true,
		]);
		expect(rights.mayPublish({ ...device, id: "e" }, "in")).toBe(false);
		expect(rights.revoke(idf)).toBe("in");
		expect(rights.mayPublish(device, "in")).toBe(false);
		rights.grant(odf, "new");
		expect(rights.maySubscribe(device, "out")).toBe(false);
	});

	test("an admin may use every topic", () => {
		const rights = new Rights();
		const admin: Principal = { kind: "admin", name: "a", stamp: "" };
		expect([rights.mayPublish(admin, "x"), rights.maySubscribe(admin, "#")]).toEqual([true, true]);
	});
});
