import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { GraphClient } from "../../src/csm-client/mod.ts";
import { type Clock, digestOfSource } from "../../src/kit/mod.ts";
import type { ExternalBroker } from "../../src/mqtt/external.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";
import { connectTo, LossyMqtt } from "./support/connection.ts";

const DA = "00000000-0000-4000-8000-000000000001";

let target: Target;
let broker: ExternalBroker;
let mqtt: LossyMqtt;
beforeAll(async () => {
	target = await startTarget();
	broker = await connectTo(target.mqtt);
});
afterAll(async () => {
	await broker.stop();
	await target.dispose();
});

/** @param clock Stands by default: an answer may take as long as a busy machine needs. */
async function open(clock: Clock = new ManualClock(), maxInFlight = 64) {
	mqtt = new LossyMqtt(broker);
	const client = new GraphClient({ client: crypto.randomUUID(), maxInFlight }, { mqtt, clock });
	await client.start();
	return client;
}

describe("client of the graph API", () => {
	test("gives answers, and what their reasons mean", async () => {
		const client = await open();
		const ask = async (request: { op: string } & Record<string, unknown>) =>
			(await client.request("g", request)).kind;
		expect(await ask({ op: "get_graph" })).toBe("unattached");
		expect(await ask({ op: "attach" })).toBe("done");
		expect(await ask({ op: "attach" })).toBe("done");
		const link = { op: "add_link", da_id: DA, idf: "A-I", func: null };
		expect(await ask(link)).toBe("done");
		expect(await ask(link)).toBe("already");
		const func = { ...link, op: "set_df_func", new: null };
		expect(await ask({ ...func, prev: "0".repeat(64) })).toBe("mismatch");
		expect(await ask({ ...func, new: "0".repeat(64) })).toBe("refused");
		expect(await ask({ ...link, op: "rm_link" })).toBe("done");
		expect(await ask({ ...link, op: "rm_link" })).toBe("already");
		expect(await ask({ op: "fly" })).toBe("unsupported");
		client.stop();
	});

	test("tells why a function is refused, in Python's words", async () => {
		const client = await open();
		await client.request("g", { op: "attach" });
		const code = "def run(x) return x\n";
		const digest = digestOfSource(code);
		await client.request("g", { op: "add_funcs", codes: [code], digests: [digest] });
		const link = { op: "add_link", da_id: DA, idf: "A-I", func: digest };
		expect(await client.request("g", link)).toMatchObject({
			kind: "refused",
			reason: expect.stringContaining("SyntaxError: expected ':'"),
		});
		client.stop();
	});

	test("sends one request of a graph at a time, and of all graphs a limited number", async () => {
		const client = await open(undefined, 2);
		let open_ = 0;
		let most = 0;
		mqtt.loses = ({ isRequest }) => {
			open_ += isRequest ? 1 : -1;
			most = Math.max(most, open_);
			return false;
		};
		const graphs = ["a", "b", "c", "d"];
		const asked = graphs.flatMap((graph) => [
			client.request(graph, { op: "attach" }),
			client.request(graph, { op: "get_graph" }),
		]);
		const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
		expect(kinds).toEqual(kinds.map(() => "done"));
		expect(most).toBe(2);
		client.stop();
	});

	test("waits 5 s for an answer, and does not take a late one for another's", async () => {
		const clock = new ManualClock();
		const client = await open(clock);
		const held: string[] = [];
		mqtt.loses = ({ json, isRequest }) => isRequest && json.op === "get_graph";
		const asked = client.request("g", { op: "get_graph" });
		await until(() => mqtt.sent.length === 1, "the request");
		clock.move(4999);
		clock.move(1);
		expect(await asked).toEqual({
			kind: "lost",
			reason: "CSM has not answered get_graph within 5 s",
		});
		// The next request's answer must be its own.
		mqtt.loses = ({ json, isRequest }) => {
			if (!isRequest) held.push(String(json.op));
			return false;
		};
		const topic = mqtt.sent[0]?.topic ?? "";
		const next = client.request("g", { op: "attach" });
		const late = { op: "get_graph", state: "ok", links: [], join: {} };
		await broker.publish(topic.replace("/req/", "/res/"), JSON.stringify(late), { qos: 2 });
		expect(await next).toMatchObject({ kind: "done", reply: { op: "attach" } });
		await until(() => held.includes("get_graph"), "the late answer");
		client.stop();
	});

	test("takes nothing for an answer that is none, and goes on waiting", async () => {
		const clock = new ManualClock();
		const client = await open(clock);
		let heard = 0;
		mqtt.loses = ({ isRequest }) => {
			if (!isRequest) heard += 1;
			return isRequest;
		};
		const asked = client.request("g", { op: "attach" });
		await until(() => mqtt.sent.length === 1, "the request");
		const topic = mqtt.sent[0]?.topic.replace("/req/", "/res/") ?? "";
		const odd = ["", "no JSON", "5", "[]", "null", "{}", '{"op":5,"state":"ok"}', '{"state":"ok"}'];
		odd.push("[".repeat(200_000), '{"op":"get_graph","state":"error"}');
		for (const text of odd) await broker.publish(topic, text, { qos: 2 });
		await until(() => heard === odd.length, "all of them");
		clock.move(5000);
		expect(await asked).toMatchObject({ kind: "lost" });
		mqtt.loses = () => false;
		expect(await client.request("g", { op: "attach" })).toMatchObject({ kind: "done" });
		client.stop();
	});

	test("gives up what is on its way when the broker was away, and when it stops", async () => {
		const client = await open(new ManualClock());
		mqtt.loses = ({ isRequest }) => isRequest;
		const asked = client.request("g", { op: "attach" });
		await until(() => mqtt.sent.length === 1, "the request");
		mqtt.reconnect();
		expect(await asked).toMatchObject({ kind: "lost" });
		const again = client.request("g", { op: "attach" });
		await until(() => mqtt.sent.length === 2, "the request");
		client.stop();
		expect(await again).toMatchObject({ kind: "lost" });
		expect(await client.request("g", { op: "attach" })).toMatchObject({ kind: "lost" });
	});

	test("takes an answer about too much load as one to ask again for", async () => {
		const client = await open();
		mqtt.loses = ({ isRequest }) => isRequest;
		const asked = client.request("g", { op: "attach" });
		await until(() => mqtt.sent.length === 1, "the request");
		const reason = "too many requests are waiting: at most 10 may";
		const topic = mqtt.sent[0]?.topic.replace("/req/", "/res/") ?? "";
		await broker.publish(topic, JSON.stringify({ state: "error", reason }), { qos: 2 });
		expect(await asked).toEqual({ kind: "lost", reason });
		client.stop();
	});
});
