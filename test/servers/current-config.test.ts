import { describe, expect, test } from "bun:test";
import { httpOptions, originOptions } from "../../src/servers/core-options.ts";
import { devicesOptions, graphOptions } from "../../src/servers/csm-options.ts";
import { CurrentConfig } from "../../src/servers/current-config.ts";
import { embeddedBrokerOptions } from "../../src/servers/embedded-broker-options.ts";
import { externalBrokerOptions } from "../../src/servers/external-broker-options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const config = (text: string) => INI.parse("test.ini", text, "/home/x");

describe("a reload", () => {
	test("changes limits, and names what has to wait for a start, each time", () => {
		const current = new CurrentConfig(config(""), INI);
		const graphs = graphOptions(current);
		const changed = config("[core]\nbind = 0.0.0.0\n[esm]\nmax-graphs = 3\n");
		expect(current.reload(changed)).toEqual({
			applied: ["esm.max-graphs"],
			needRestart: ["core.bind"],
		});
		expect(graphs.maxGraphs).toBe(3);
		expect(current.reload(changed)).toEqual({ applied: [], needRestart: ["core.bind"] });
	});

	test("leaves what cannot change as the server started with it", () => {
		const current = new CurrentConfig(config(""), INI);
		current.reload(config("[core]\nbind = 0.0.0.0\nmax-devices = 5\n"));
		expect(current.values.core.bind).toBe("127.0.0.1");
		expect(current.values.core["max-devices"]).toBe(5);
	});

	test("reaches options that were made before it, in every part", () => {
		const current = new CurrentConfig(config(""), INI);
		const devices = devicesOptions(current);
		const http = httpOptions(current, undefined);
		const origins = originOptions(current);
		const external = externalBrokerOptions(current, undefined);
		const { admission, subscriptions, sessions, retained } = embeddedBrokerOptions(
			current,
			undefined,
		);
		current.reload(
			config(`[core]
max-devices = 2
http-body-timeout = 3
allowed-origins = gateway.lan
[core-mqtt]
max-unsent = 4
max-clients-per-address = 5
max-subscriptions = 6
max-queued = 7
max-retained = 8
`),
		);
		expect([devices.maxDevices, http.bodyTimeoutMs, origins.allowedOrigins]).toEqual([
			2,
			3000,
			"gateway.lan",
		]);
		expect([external.maxUnsent, admission.maxPerAddress, subscriptions.maxPerClient]).toEqual([
			4, 5, 6,
		]);
		expect([sessions.maxQueued, retained.maxMessages]).toEqual([7, 8]);
	});
});
