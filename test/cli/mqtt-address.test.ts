import { describe, expect, test } from "bun:test";
import { brokersOf } from "../../src/cli/mqtt-address.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const info = (mqtt: string) => ({
	...({ pid: 1, http: "http://127.0.0.1:1", key: "k", ini: null, manager: null } as const),
	...{ mqtt, servers: ["csm"] },
});
const brokers = (ini: string, mqtt: string) => brokersOf(INI.parse("x.ini", ini), info(mqtt));

describe("where the shell finds the broker", () => {
	test("the server's own is reached with the local key", () => {
		const [only, ...others] = brokers("", "mqtt://127.0.0.1:1883");
		expect(others).toEqual([]);
		expect(only).toMatchObject({
			...{ protocol: "mqtt", host: "127.0.0.1", port: 1883 },
			...{ username: "local", password: "k" },
		});
	});

	test("an encrypted one on IPv6 too", () => {
		const [only] = brokers("", "mqtts://[::1]:8883");
		expect(only).toMatchObject({ protocol: "mqtts", host: "::1", port: 8883 });
	});

	test("an external one is reached as the server reaches it, at each address", () => {
		const ini =
			"[core-mqtt]\nbroker = external\nconnect = a, b:7\nusername = me\npassword = secret\n";
		const login = { protocol: "mqtt", username: "me", password: "secret" };
		expect(brokers(ini, "mqtt://x:1")).toEqual([
			{ ...login, host: "a", port: 1883 } as object,
			{ ...login, host: "b", port: 7 } as object,
		]);
	});
});
