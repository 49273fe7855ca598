import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { portConflicts, ports, whereabouts } from "../../../src/cli/check/ports.ts";
import { SERVER_MODULES } from "../../../src/servers/server-modules.ts";

const config = (http: number, mqtt: number, more = "") =>
	SERVER_MODULES.ini.parse(
		"x.ini",
		`[core]\nhttp-port = ${http}\n[core-ws]\nport = 0\n[core-mqtt]\nport = ${mqtt}\n${more}`,
	);

let server: Server;
let taken: number;
beforeAll(async () => {
	server = createServer();
	const { promise, resolve } = Promise.withResolvers<void>();
	server.listen(0, "127.0.0.1", resolve);
	await promise;
	taken = Number(Object(server.address()).port);
});
afterAll(() => void server.close());

describe("the ports of a server", () => {
	test("port 0 is any that is free, and no two of them conflict", async () => {
		const text = "a free port of 127.0.0.1 is chosen at each start";
		const found = ["HTTP", "MQTT", "WebSocket"].map((what) => ({ what, state: "ok", text }));
		expect(await ports(config(0, 0))).toEqual(found as never);
		expect(portConflicts(config(0, 0))).toEqual([]);
	});

	test("one in use has a line that says so", async () => {
		const [, mqtt] = await ports(config(0, taken));
		expect(mqtt?.state).toBe("FAIL");
		expect(mqtt?.text).toStartWith(`127.0.0.1:${taken} is used by `);
	});

	test("the encrypted HTTP port is one of them, also with an external broker", async () => {
		const secure = (port: number, more = "") =>
			SERVER_MODULES.ini.parse(
				"x.ini",
				`[core]\nhttp-port = 8000\nhttps-port = ${port}\n[core-mqtt]\nport = 8001\n${more}`,
			);
		expect(portConflicts(secure(8000)).map(({ text }) => text)).toEqual([
			"port 8000 is already used by HTTP; change https-port in [core]",
		]);
		expect(portConflicts(secure(8001)).map(({ text }) => text)).toEqual([
			"port 8001 is already used by HTTPS; change port in [core-mqtt]",
		]);
		const external = secure(taken, "broker = external\n");
		expect((await ports(external)).map(({ what, state }) => [what, state])).toContainEqual([
			"HTTPS",
			"FAIL",
		]);
		expect(whereabouts(external)).toEndWith(`: HTTP on 8000, HTTPS on ${taken}`);
	});

	test("the second HTTP port is one of them, with csm and ccm in one process", async () => {
		const second = (text: string) => {
			const values = config(8000, 8001, `[gui]\n${text}`);
			return { values, further: SERVER_MODULES.listeners(["csm", "ccm"], values) };
		};
		const shared = second("port = 8000\n");
		expect(portConflicts(shared.values, shared.further).map(({ text }) => text)).toEqual([
			"port 8000 is already used by HTTP; change port in [gui]",
		]);
		const inUse = second(`port = ${taken}\n`);
		const found = (await ports(inUse.values, inUse.further)).at(-1);
		expect([found?.what, found?.state]).toEqual(["second HTTP", "FAIL"]);
		expect(whereabouts(inUse.values, inUse.further)).toEndWith(`, second HTTP on ${taken}`);
		expect(second("").further).toEqual([]);
		for (const one of [["csm"], ["ccm"]]) {
			expect(SERVER_MODULES.listeners(one, inUse.values)).toEqual([]);
		}
	});

	test("all of them in one line", () => {
		expect(whereabouts(config(8000, 0))).toBe(
			"127.0.0.1: HTTP on 8000, MQTT on a free port, WebSocket on a free port",
		);
		expect(whereabouts(config(8000, 1, "broker = external\n"))).toBe("127.0.0.1: HTTP on 8000");
	});
});
