import { expect, test } from "bun:test";
import type { BuiltModule } from "../../src/servers/module.ts";
import {
	devicesWithoutLogin,
	projectFactsIn,
	secretHashIn,
	webDevicesIn,
} from "../../src/servers/module-facts.ts";

const hashes: Record<string, string | null> = { lamp: "h", phone: null };
const QUIET = { parts: [], routes: [], problems: () => [], metrics: () => [] };
const MODULES: readonly BuiltModule[] = [
	{ ...QUIET, devicesWithoutLogin: () => 2 },
	{ ...QUIET, deviceSecretHash: (id) => hashes[id], devicesWithoutLogin: () => 3 },
	{ ...QUIET, deviceSecretHash: () => "later" },
];

test("the first module that knows a device has its password, also where that is none", () => {
	expect(secretHashIn(MODULES, "lamp")).toBe("h");
	expect(secretHashIn(MODULES, "phone")).toBeNull();
	expect(secretHashIn(MODULES, "another")).toBe("later");
	expect(secretHashIn(MODULES.slice(0, 2), "another")).toBeUndefined();
	expect(secretHashIn([], "lamp")).toBeUndefined();
});

test("devices without a password are counted in all modules", () => {
	expect(devicesWithoutLogin(MODULES)).toBe(5);
	expect(devicesWithoutLogin([])).toBe(0);
});

test("devices over HTTP are those of the first module that has any", () => {
	const webDevices = {
		register: async () => ({ rev: "", password: "" }),
		remove: async () => {},
		isPassword: () => false,
	};
	expect(webDevicesIn([...MODULES, { ...QUIET, webDevices }])).toBe(webDevices);
	expect(webDevicesIn(MODULES)).toBeUndefined();
});

test("what is known of projects is what the first module knows that has any", () => {
	const projectFacts = { featuresOf: async () => undefined, aliasOf: async () => undefined };
	expect(projectFactsIn([...MODULES, { ...QUIET, projectFacts }])).toBe(projectFacts);
	expect(projectFactsIn(MODULES)).toBeUndefined();
});
