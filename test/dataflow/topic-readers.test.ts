import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { GraphRecord } from "../../src/dataflow/graph-record.ts";
import type { GraphEntry } from "../../src/dataflow/graph-table.ts";
import { Pipeline } from "../../src/dataflow/pipeline.ts";
import { TopicReaders } from "../../src/dataflow/topic-readers.ts";
import type { MessageHandler } from "../../src/mqtt/port.ts";
import { startBroker } from "../support/embedded-broker.ts";
import { quietLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { graphOf, input } from "../support/pipeline-specs.ts";
import { Inbox } from "../support/waiting.ts";

let broker: EmbeddedBroker;
let client: TestClient;
let readers: TopicReaders;
const heard = new Inbox<string>();

beforeAll(async () => {
	const started = await startBroker();
	broker = started.broker;
	client = await TestClient.connect(started.url);
});
beforeEach(() => {
	heard.clear();
	readers = new TopicReaders(broker, (found, { payload }) => {
		const links = [...found.values()].map(({ linkId, record }) => `${record.name}:${linkId}`);
		heard.add(`${Buffer.from(payload)} ${links.join()}`);
	});
});
afterAll(async () => {
	await client.end();
	await broker.stop();
});

const NOTHING = graphOf([], []);
const SHARED = "topic/shared";

function graph(name: string): GraphEntry {
	const host = {
		declare: () => {},
		drop: async () => ({ slots: {}, waiting: [] }),
		push: () => true,
	};
	return {
		record: new GraphRecord(name, 1, quietLog),
		pipeline: new Pipeline(1, () => host, { onResult: () => {}, onDropped: () => {} }, 10),
	};
}

/** What is heard when these are published one after the other, up to the last. */
async function publish(...messages: [topic: string, payload: string][]): Promise<string[]> {
	for (const [topic, payload] of messages) await client.publish(topic, payload);
	const [, last] = messages.at(-1) ?? [];
	await heard.take("the last message", (line) => line.startsWith(`${last} `));
	return heard.waiting.map((line) => line);
}

describe("topic readers", () => {
	test("graphs that link one feature share its subscription, which ends with the last of them", async () => {
		const [a, b] = [graph("a"), graph("b")];
		const specA = graphOf([input(1, { topic: SHARED })], []);
		const specB = graphOf([input(2, { topic: SHARED }), input(3)], []);
		await readers.follow(a, NOTHING, specA);
		await readers.follow(b, NOTHING, specB);
		await client.publish(SHARED, "1");
		expect(await heard.take("both")).toBe("1 a:1,b:2");
		await readers.follow(a, specA, NOTHING);
		await client.publish(SHARED, "2");
		expect(await heard.take("the one that is left")).toBe("2 b:2");
		const without = graphOf([input(3)], []);
		await readers.follow(b, specB, without);
		expect(await publish([SHARED, "3"], ["topic/in3", "4"])).toEqual([]);
		await readers.stop();
	});

	test("inputs that stay are not subscribed to again", async () => {
		const a = graph("a");
		const before = graphOf([input(1)], []);
		const after = graphOf([input(1, { paramNo: 2 }), input(2)], []);
		await readers.follow(a, NOTHING, before);
		await readers.follow(a, before, after);
		await client.publish("topic/in1", "1");
		await client.publish("topic/in2", "2");
		expect([await heard.take("first"), await heard.take("second")]).toEqual(["1 a:1", "2 a:2"]);
		await readers.stop();
	});

	test("a second graph waits for the broker's confirmation as the first does", async () => {
		const done: string[] = [];
		const slow = new TopicReaders(
			{
				subscribe: async (filter: string, handler: MessageHandler) => {
					const unsubscribe = await broker.subscribe(filter, handler);
					done.push("confirmed");
					return unsubscribe;
				},
			},
			() => {},
		);
		const follow = (name: string, id: number) =>
			slow
				.follow(graph(name), NOTHING, graphOf([input(id, { topic: SHARED })], []))
				.then(() => done.push(name));
		await Promise.all([follow("a", 1), follow("b", 2)]);
		expect(done).toEqual(["confirmed", "a", "b"]);
		await slow.stop();
	});

	test("a subscription the broker refuses fails its readers, and the next one asks again", async () => {
		let isRefused = true;
		const strict = new TopicReaders(
			{
				subscribe: async (filter: string, handler: MessageHandler) => {
					if (isRefused) throw new Error("refused");
					return broker.subscribe(filter, handler);
				},
			},
			(_found, { payload }) => heard.add(`${Buffer.from(payload)} strict`),
		);
		const spec = graphOf([input(1, { topic: SHARED })], []);
		const both = [graph("a"), graph("b")].map((one) => strict.follow(one, NOTHING, spec));
		const reasons = (await Promise.allSettled(both)).map(({ status }) => status);
		expect(reasons).toEqual(["rejected", "rejected"]);
		await strict.follow(graph("a"), spec, NOTHING);
		isRefused = false;
		await strict.follow(graph("a"), NOTHING, spec);
		await client.publish(SHARED, "1");
		expect(await heard.take("the message")).toBe("1 strict");
		await strict.stop();
	});

	test("nothing is heard once they are stopped", async () => {
		const a = graph("a");
		await readers.follow(a, NOTHING, graphOf([input(1)], []));
		await readers.stop();
		const other = new TopicReaders(broker, (_found, { payload }) =>
			heard.add(`${Buffer.from(payload)} other`),
		);
		await other.follow(a, NOTHING, graphOf([input(2)], []));
		expect(await publish(["topic/in1", "1"], ["topic/in2", "2"])).toEqual([]);
		await other.stop();
	});
});
