import { expect, test } from "bun:test";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { v1Caution, v1Options } from "../../src/servers/v1-options.ts";

const ini = (text: string) => SERVER_MODULES.ini.parse("test.ini", text);

test("it is spoken only where there is a port, and then there is one more listener", () => {
	const off = ini("");
	expect(v1Options(off)).toBeUndefined();
	expect(SERVER_MODULES.listeners(["csm"], off)).toEqual([]);
	const on = ini("[core]\nbind = ::\n[v1]\nport = 9999\nbroadcast = true\noffline-after = 5\n");
	expect(v1Options(on)).toEqual({
		...{ bind: "::", port: 9999, broadcastPort: 17_000, offlineAfterSeconds: 5 },
		openNetworks: [],
	});
	const listener = { what: "v1", port: 9999, setting: "port in [v1]" } as const;
	expect(SERVER_MODULES.listeners(["csm"], on)).toEqual([listener]);
	expect(SERVER_MODULES.listeners(["csm", "ccm"], on)).toEqual([listener]);
	expect(SERVER_MODULES.listeners(["ccm"], on)).toEqual([]);
});

test("networks without logins are named at the start, where logins are required", () => {
	const open = "port = 9999\nopen-networks = 10.0.0.0/8\n";
	expect(v1Caution(ini(`[v1]\n${open}`))).toBeUndefined();
	const caution = v1Caution(ini(`[core]\nauth = on\n[v1]\n${open}`));
	expect(caution).toContain("10.0.0.0/8");
	expect(caution).toContain("9999");
});
