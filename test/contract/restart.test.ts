import { afterEach, describe, expect, test } from "bun:test";
import { call, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";

let target: Target;
afterEach(() => target.dispose());

describe("§4.2 a restart is invisible", () => {
	test("§4.2 devices, graphs, links, functions, joins and topics come back; data flows without a call", async () => {
		target = await startTarget();
		const device = await TestDevice.register(target);
		const graph = await TestGraph.open(device.client);
		await graph.ok({ op: "attach" });
		await device.say("online");
		const [add = "", twice = "", join = ""] = await graph.addFunctions(
			"def run(x): return x + iot.one()\n",
			"def run(): return 1\n",
			"def run(x): return x * 10\n",
		);
		const link = { op: "add_link", da_id: device.id, func: add, depends: { one: twice } };
		await graph.ok({ ...link, idf: "in", param_no: 1 });
		const input = String((await device.signal()).topic);
		await graph.ok({ ...link, odf: "out", tag_param_no: 1 });
		const output = String((await device.signal()).topic);
		await graph.ok({ op: "set_join", prev: null, new: join });
		await graph.ok({ op: "rm_funcs", digests: [twice] });
		const before = (await call(target, "GET", `/${device.id}`)).json;
		await device.client.end();

		target = await target.restart();
		expect((await call(target, "GET", `/${device.id}`)).json).toEqual(before);
		const client = await TestClient.connect(target.mqtt);
		await client.subscribe(`${device.id}/ctrl/o`);
		await client.subscribe(output);
		await client.publish(`${device.id}/ctrl/i`, { state: "online", rev: device.rev });
		const signals = [
			await client.nextJson(`${device.id}/ctrl/o`),
			await client.nextJson(`${device.id}/ctrl/o`),
		];
		expect(signals).toEqual([
			expect.objectContaining({ command: "CONNECT", idf: "in", topic: input }),
			expect.objectContaining({ command: "CONNECT", odf: "out", topic: output }),
		]);
		await client.publish(input, [1]);
		expect(JSON.parse((await client.next(output)).text)).toEqual([21, null]);

		const again = await TestGraph.open(client, "gui", graph.request.split("/").at(-1));
		expect(await again.call({ op: "set_join", prev: null, new: null })).toMatchObject({
			reason: "`prev` field mismatch",
		});
		expect(await again.call({ ...link, idf: "in" })).toMatchObject({
			reason: "link already exists",
		});
		await again.ok({ op: "rm_link", da_id: device.id, idf: "in" });
		await client.end();
	});

	test("§3.1 after a restart presence comes back with the retained message or the device itself", async () => {
		target = await startTarget();
		const device = await TestDevice.register(target);
		const graph = await TestGraph.open(device.client);
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		await device.say("online");
		const { topic } = await device.signal();
		if (!TESTS_EXTERNAL) await device.client.end();
		target = await target.restart();
		let client = device.client;
		if (!TESTS_EXTERNAL) {
			client = await TestClient.connect(target.mqtt);
			await client.subscribe(`${device.id}/ctrl/o`);
			const online = { state: "online", rev: device.rev };
			await client.publish(`${device.id}/ctrl/i`, online, { retain: true });
		}
		const again = await client.nextJson(`${device.id}/ctrl/o`);
		expect(again).toMatchObject({ command: "CONNECT", idf: "meow", topic });
		await client.end();
	});

	test("§2.2 names in use stay in use after a restart", async () => {
		target = await startTarget();
		const unnamed = { name: null, profile: { model: "phone" } };
		await TestDevice.register(target, unnamed);
		target = await target.restart();
		const next = await TestDevice.register(target, unnamed);
		expect((await call(target, "GET", `/${next.id}`)).json.name).toBe("01.phone");
	});

	test("§4.2 what was detached stays away", async () => {
		target = await startTarget();
		const client = await TestClient.connect(target.mqtt);
		const graph = await TestGraph.open(client, "gui", "g");
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: crypto.randomUUID(), idf: "x" });
		await graph.ok({ op: "detach" });
		await client.end();
		target = await target.restart();
		const later = await TestGraph.open(await TestClient.connect(target.mqtt), "gui", "g");
		expect(await later.call({ op: "add_link" })).toMatchObject({ reason: "Unknown graph id g" });
	});
});
