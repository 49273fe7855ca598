import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { Flow } from "../support/flow.ts";
import { type Json, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
let gui: TestClient;
beforeAll(async () => {
	target = await startTarget();
	gui = await TestClient.connect(target.mqtt);
});
afterAll(() => target.dispose());

describe("§8 detach of everything", () => {
	const ask = async (name: string, service: string, payload: unknown) => {
		const topic = `iottalk/api/res/${name}${service}`;
		await gui.subscribe(topic);
		await gui.publish(`iottalk/api/req/${name}${service}`, payload);
		return gui.nextJson(topic);
	};

	test("§8 detach on the client's graph topic drops all its graphs and no other client's", async () => {
		const device = await TestDevice.register(target);
		await device.say("online");
		const mine = randomUUID();
		const graphs = await Promise.all(["1", "2"].map((id) => TestGraph.open(gui, mine, id)));
		const other = await TestGraph.open(gui, randomUUID(), "1");
		for (const [index, graph] of [...graphs, other].entries()) {
			await graph.ok({ op: "attach" });
			await graph.ok({ op: "add_link", da_id: device.id, idf: `f${index}` });
			await device.signal();
		}
		expect(await ask(mine, "/graph", { op: "detach", extra: 1 })).toEqual({
			op: "detach",
			state: "ok",
		});
		const gone = [await device.signal(), await device.signal()];
		expect(gone.map(({ command, idf }) => `${command} ${idf}`).sort()).toEqual([
			"DISCONNECT f0",
			"DISCONNECT f1",
		]);
		for (const graph of graphs) {
			expect(await graph.call({ op: "add_link" })).toMatchObject({ state: "error" });
		}
		await other.ok({ op: "rm_link", da_id: device.id, idf: "f2" });
	});

	test("§8 detach on the client's topic drops graphs and device API", async () => {
		const name = randomUUID();
		const graph = await TestGraph.open(gui, name, "1");
		await graph.ok({ op: "attach" });
		await ask(name, "/device", { op: "attach" });
		expect(await ask(name, "", { op: "detach" })).toEqual({ op: "detach", state: "ok" });
		await TestDevice.register(target);
		expect(await graph.call({ op: "nonsense" })).toMatchObject({ reason: "Unknown graph id 1" });
		expect(gui.inbox.waiting.filter(({ topic }) => topic.endsWith(`${name}/device`))).toEqual([]);
	});

	test("§8 an unknown client is fine, another op is refused", async () => {
		for (const service of ["", "/graph"]) {
			const name = randomUUID();
			expect(await ask(name, service, { op: "detach" })).toEqual({ op: "detach", state: "ok" });
			expect(await ask(name, service, { op: "attach" })).toEqual({
				op: "attach",
				state: "error",
				reason: "unknown op: `attach`",
			});
			expect(await ask(name, service, "{")).toMatchObject({ state: "error" });
		}
	});

	test("§8 a GUI's last will detaches its graphs; a will on the device topic leaves them", async () => {
		const device = await TestDevice.register(target);
		await device.say("online");
		for (const [service, survives] of [
			["", false],
			["/graph", false],
			["/device", true],
		] as const) {
			const name = `gui-${randomUUID()}`;
			const payload = Buffer.from('{"op":"detach"}');
			const window = await TestClient.connect(target.mqtt, {
				will: { topic: `iottalk/api/req/${name}${service}`, payload, qos: 2, retain: false },
			});
			const graph = await TestGraph.open(window, name, "1");
			await graph.ok({ op: "attach" });
			await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
			await device.signal();
			await gui.subscribe(`iottalk/api/res/${name}${service}`);
			window.vanish();
			expect(await gui.nextJson(`iottalk/api/res/${name}${service}`)).toMatchObject({
				state: "ok",
			});
			const later = await TestGraph.open(gui, name, "1");
			if (survives) await later.ok({ op: "detach" });
			expect(await device.signal()).toMatchObject({ command: "DISCONNECT" });
		}
	});
});

describe("§3.3 clients in the SDKs' manner", () => {
	test("§3.3 Java: retained arrays are data once, and its answer with state reason is an answer", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		await flow.device.client.publish(flow.idfTopics[0] ?? "", [1, 2], { qos: 0, retain: true });
		expect((await flow.receive()).text).toBe("[1,2]");
		await flow.addLink("odf", {});
		const { client, id } = flow.device;
		await client.publish(
			`${id}/ctrl/i`,
			{ msg_id: randomUUID(), state: "reason" },
			{ retain: true },
		);
		await flow.expect([3], [3]);
	});

	test("CCM: attach, functions, links with lists, join with prev null, monitor with extras, rebind", async () => {
		const device = await TestDevice.register(target);
		await device.say("online");
		const ccm = await TestGraph.open(gui, "ccm", randomUUID());
		expect(await ccm.call({ op: "attach" })).toEqual({ op: "attach", state: "ok" });
		const [add = "", pick = ""] = await ccm.addFunctions(
			"def run(*args): return [sum(args)]\n",
			"def run(x): return x\n",
		);
		const link = (fields: Json) => ({ op: "add_link", da_id: device.id, func: null, ...fields });
		const input = { param_no: 1, tag_param_no: 0, input_type: ["sample"] };
		await ccm.ok(link({ idf: "a", func: pick, ...input }));
		const a = String((await device.signal()).topic);
		await ccm.ok(link({ idf: "b", func: pick, ...input }));
		const b = String((await device.signal()).topic);
		await ccm.ok(link({ odf: "c", ...input }));
		const c = String((await device.signal()).topic);
		await device.client.subscribe(c);
		await ccm.ok({ op: "set_join", prev: null, new: add, depends: {} });
		const monitor = { op: "start_monitor", client_id: "ccm", aa_credential_id: 1 };
		expect(await ccm.call(monitor)).toMatchObject({
			...monitor,
			monitor_topics: expect.any(String),
		});
		await device.client.publish(a, [1]);
		await device.client.publish(b, [2]);
		// The first has no second input yet: sum(1, None) fails, and only that message is lost.
		expect((await device.client.next(c)).text).toBe("[3]");
		expect(await ccm.call({ op: "set_join", prev: null, new: add })).toMatchObject({
			state: "error",
		});
		await ccm.ok({ op: "rm_link", da_id: device.id, idf: "a" });
		expect(await device.signal()).toMatchObject({ command: "DISCONNECT", topic: a });
		await device.client.publish(b, [5]);
		expect((await device.client.next(c)).text).toBe("[5]");
		await ccm.ok({ op: "detach" });
	});
});

describe("§5.3 flooding", () => {
	test("§5.3 a flood is bounded, the newest wins, and the control plane answers meanwhile", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "import time\ndef run(x):\n  time.sleep(0.002)\n  return x\n" }],
			odfs: [{}],
		});
		const last = 20_000;
		for (let n = 0; n <= last; n++)
			flow.device.client.raw.publish(flow.idfTopics[0] ?? "", String(n));
		const other = await TestGraph.open(gui);
		await other.ok({ op: "attach" });
		const seen: number[] = [];
		while (seen.at(-1) !== last) seen.push(JSON.parse((await flow.receive()).text)[0]);
		expect(seen.length).toBeLessThan(last);
		expect(seen).toEqual(seen.toSorted((a, b) => a - b));
	});
});
