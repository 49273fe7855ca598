import { expect, test } from "bun:test";
import type { BuiltModule } from "../../src/servers/module.ts";
import {
	deviceSecretsIn,
	devicesWithoutLogin,
	highestDataQos,
	homeOf,
} from "../../src/servers/module-facts.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const hashes: Record<string, string | null> = { lamp: "h", phone: null };
const QUIET = { parts: [], routes: [], problems: () => [], metrics: () => [] };
const MODULES: readonly BuiltModule[] = [
	{ ...QUIET, devicesWithoutLogin: () => 2 },
	{ ...QUIET, deviceSecretHash: (id) => hashes[id], devicesWithoutLogin: () => 3 },
	{ ...QUIET, deviceSecretHash: () => "later" },
];

test("the first module that knows a device has its password, also where that is none", () => {
	const hashOf = (modules: readonly BuiltModule[], id: string) =>
		deviceSecretsIn(modules, false).secretHashOf(id);
	expect(hashOf(MODULES, "lamp")).toBe("h");
	expect(hashOf(MODULES, "phone")).toBeNull();
	expect(hashOf(MODULES, "another")).toBe("later");
	expect(hashOf(MODULES.slice(0, 2), "another")).toBeUndefined();
	expect(hashOf([], "lamp")).toBeUndefined();
});

test("passwords of devices of other nodes are those of the module that has them, once it is built", async () => {
	const modules: BuiltModule[] = [{ ...QUIET }];
	const { storedHashOf } = deviceSecretsIn(modules, true);
	expect(await storedHashOf?.("lamp")).toBeUndefined();
	const storedDevices = { secretHashOf: async () => "far", mayUse: async () => false };
	modules.push({ ...QUIET, storedDevices });
	expect(await storedHashOf?.("lamp")).toBe("far");
	expect(deviceSecretsIn(modules, false).storedHashOf).toBeUndefined();
});

test("devices without a password are counted in all modules", () => {
	expect(devicesWithoutLogin(MODULES)).toBe(5);
	expect(devicesWithoutLogin([])).toBe(0);
});

test("the page at / is that of the last module that has one: the editor's, where projects are", () => {
	const [csm, ccm] = SERVER_MODULES.declared;
	expect(SERVER_MODULES.names).toEqual(["csm", "ccm"]);
	const lamps = { name: "lamps" };
	expect(homeOf([...SERVER_MODULES.declared, lamps])).toBe("ccm");
	expect(homeOf([csm ?? lamps, lamps])).toBe("csm");
	expect(homeOf([ccm ?? lamps])).toBe("ccm");
	expect(homeOf([lamps])).toBeUndefined();
});

test("data has the highest QoS of all modules that have any", () => {
	const config = SERVER_MODULES.ini.parse("x.ini", "");
	const none = {};
	const low = { dataQos: () => 0 as const };
	const high = { dataQos: () => 1 as const };
	expect(highestDataQos([none, high, low], config)).toBe(1);
	expect(highestDataQos([low, none], config)).toBe(0);
	expect(highestDataQos([none], config)).toBeUndefined();
});

test.each([
	["auto", 2],
	["0", 0],
	["1", 1],
	["2", 2],
] as const)(
	"graphs with data-qos = %s need QoS %i at most; projects have no data",
	(value, qos) => {
		const config = SERVER_MODULES.ini.parse("x.ini", `[esm]\ndata-qos = ${value}\n`);
		const [csm, ccm] = ["csm", "ccm"].map((own) =>
			SERVER_MODULES.declared.filter(({ name }) => name === own),
		);
		expect(highestDataQos(csm ?? [], config)).toBe(qos);
		expect(highestDataQos(ccm ?? [], config)).toBeUndefined();
	},
);
