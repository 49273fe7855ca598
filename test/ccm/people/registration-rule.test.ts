import { describe, expect, test } from "bun:test";
import {
	FORWARDED,
	type Reach,
	registrationBy,
	type Source,
} from "../../../src/ccm/people/registration-rule.ts";

const LOCAL: Reach = { isLocal: true, allowedOrigins: "" };
const OWN: Source = { isOwnHost: true, foreignOrigin: undefined, isForwarded: false };

describe("registration", () => {
	test("auto is open to this machine", () => {
		expect(registrationBy("auto", LOCAL, OWN)).toBe("open");
		expect(registrationBy("auto", { ...LOCAL, allowedOrigins: " " }, OWN)).toBe("open");
	});

	test.each<[string, Partial<Reach>, Partial<Source>]>([
		["others reach the server", { isLocal: false }, {}],
		["pages elsewhere are trusted", { allowedOrigins: "panel.example" }, {}],
		["the Host is another one", {}, { isOwnHost: false }],
		["a page elsewhere asks", {}, { foreignOrigin: "http://evil.example" }],
		["a proxy passed it on", {}, { isForwarded: true }],
	])("auto is closed where %s", (_, reach, source) => {
		expect(registrationBy("auto", { ...LOCAL, ...reach }, { ...OWN, ...source })).toBe("closed");
	});

	test.each(["open", "code", "closed"] as const)("%s is that for everyone", (mode) => {
		const far = { isOwnHost: false, foreignOrigin: "null", isForwarded: true };
		expect(registrationBy(mode, { isLocal: false, allowedOrigins: "x" }, far)).toBe(mode);
		expect(registrationBy(mode, LOCAL, OWN)).toBe(mode);
	});

	test("headers of proxies are known by their names", () => {
		const names = ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-whatever"];
		expect(names.every((name) => FORWARDED.test(name))).toBe(true);
		expect(["forwarded-for", "x-forward", "host"].some((name) => FORWARDED.test(name))).toBe(false);
	});
});
