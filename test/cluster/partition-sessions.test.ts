import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handedTopic } from "../../src/cluster/control-topics.ts";
import type { Lease } from "../../src/cluster/lease.ts";
import { inputTopic, ROUTER } from "../../src/cluster/partition-of.ts";
import { PartitionSessions } from "../../src/cluster/partition-sessions.ts";
import { systemClock } from "../../src/kit/clock.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";
import { recordedLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { NodeConnection } from "../support/node-sessions.ts";
import { hasProgram } from "../support/programs.ts";
import { Inbox, until, within } from "../support/waiting.ts";

const PARTITIONS = 8;
const lease = (partition: number, token = 1): Lease => ({ partition, token });
const DATA = inputTopic(3, "x");
const CONTROL = handedTopic(3, "d/ctrl/i");

/** A node that works for the partitions it is told to. */
class Node {
	readonly events: string[] = [];
	readonly control = new Inbox<BrokerMessage>();
	/** Of the leases under which control messages came. */
	readonly tokens: number[] = [];
	readonly data = new Inbox<BrokerMessage>();
	readonly sessions: PartitionSessions;
	readonly log = recordedLog("server");
	/** What the database says when something begins. */
	failures: Error[] = [];
	/** Called when something begins, which waits for it. */
	beginning: () => Promise<void> = async () => {};
	owns = true;

	constructor(readonly connection: NodeConnection) {
		const sorted = (partitions: ReadonlySet<number>) => [...partitions].toSorted().join(" ");
		this.sessions = new PartitionSessions(
			{ cluster: "lab", partitions: PARTITIONS, dataQos: 1 },
			{
				session: (options) => connection.session(options),
				work: {
					begin: async (partitions) => {
						this.events.push(`begin ${sorted(partitions)}`);
						const failure = this.failures.shift();
						if (failure !== undefined) throw failure;
						await this.beginning();
						for (const partition of partitions) await this.#hear(partition);
					},
					end: async (partition, isLost) => {
						this.events.push(`end ${partition}${isLost ? " lost" : ""}`);
					},
				},
				onHanded: (message, { token }) => {
					this.tokens.push(token);
					this.control.add(message);
				},
				stillOwns: async () => this.owns,
				clock: systemClock,
				log: this.log.log,
			},
		);
	}

	async ready(...partitions: number[]): Promise<void> {
		await until(
			() =>
				this.sessions.problem === undefined &&
				partitions.every((partition) => this.sessions.dataOf(partition)?.isReady === true),
			`partitions ${partitions}`,
		);
	}

	async #hear(partition: number): Promise<void> {
		const topic = inputTopic(partition, "x");
		await this.sessions.dataOf(partition)?.subscribe(topic, (message) => this.data.add(message));
	}
}

describe.if(hasProgram("mosquitto"))("sessions of partitions", () => {
	let folder: string;
	let mosquitto: Mosquitto;
	let client: TestClient;
	const nodes: Node[] = [];
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-sessions-"));
		mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
		client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
	});
	afterEach(async () => {
		await client.end();
		for (const { connection } of nodes.splice(0)) await connection.stop();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	});

	const start = async () => {
		const node = new Node(await NodeConnection.start(mosquitto.port));
		nodes.push(node);
		return node;
	};
	const nextOf = async (inbox: Inbox<BrokerMessage>, what: string) => {
		const message = await inbox.take(what);
		return { text: Buffer.from(message.payload).toString(), done: () => message.done?.() };
	};

	test("data and control messages come once all that is stored of a partition is there", async () => {
		const node = await start();
		node.sessions.gained(lease(3));
		node.sessions.gained(lease(5));
		expect(node.sessions.has(3)).toBe(false);
		expect(node.sessions.problem).toBe("2 partitions are being taken over");
		await node.ready(3, 5);
		expect([node.sessions.has(3), node.sessions.has(4)]).toEqual([true, false]);
		expect(node.events).toEqual(["begin 3 5"]);
		await client.publish(DATA, "[1]", { qos: 1 });
		await client.publish(CONTROL, "online", { qos: 1 });
		await client.publish(inputTopic(4, "x"), "[2]", { qos: 1 });
		expect((await nextOf(node.data, "data")).text).toBe("[1]");
		const { topic } = await node.control.take("a control message");
		expect(topic).toBe(CONTROL);
		expect(node.data.waiting).toEqual([]);
	});

	test("what a database did not say is asked again, until it is said", async () => {
		const node = await start();
		node.failures = [new Error("away"), new Error("away")];
		node.sessions.gained(lease(3));
		await node.ready(3);
		expect(node.events).toEqual(["begin 3", "begin 3", "begin 3"]);
		// An outage of an hour must not be told in thousands of lines.
		expect(node.log.lines.filter((line) => line.includes("cannot begin"))).toHaveLength(1);
	});

	test("one that is left finishes what it has, and the next node gets what it had not taken", async () => {
		const [a, b] = [await start(), await start()];
		a.sessions.gained(lease(3));
		await a.ready(3);
		await client.publish(CONTROL, "1", { qos: 1 });
		const first = await nextOf(a.control, "the first");
		const released = a.sessions.release(lease(3));
		expect([a.sessions.has(3), a.sessions.leaseOf(3)]).toEqual([false, lease(3)]);
		await client.publish(CONTROL, "2", { qos: 1 });
		expect(a.events).toEqual(["begin 3"]);
		first.done();
		await within(released, "the partition to be left");
		expect(a.events).toEqual(["begin 3", "end 3"]);
		expect(a.sessions.leaseOf(3)).toBeUndefined();
		b.sessions.gained(lease(3, 2));
		await b.ready(3);
		expect((await nextOf(b.control, "the second")).text).toBe("2");
		expect(a.control.waiting).toEqual([]);
	});

	test("what a node had not done when it lost one comes again to the next", async () => {
		const [a, b] = [await start(), await start()];
		a.sessions.gained(lease(3));
		await a.ready(3);
		await client.publish(CONTROL, "1", { qos: 1 });
		await client.publish(DATA, "[1]", { qos: 1 });
		const control = await nextOf(a.control, "the request");
		await nextOf(a.data, "data");
		a.sessions.lost(lease(3));
		control.done();
		expect([a.sessions.has(3), a.sessions.dataOf(3)]).toEqual([false, undefined]);
		await until(() => a.events.includes("end 3 lost"), "its end");
		b.sessions.gained(lease(3, 2));
		expect((await nextOf(b.control, "the request again")).text).toBe("1");
		expect([a.tokens, b.tokens]).toEqual([[1], [2]]);
		expect((await nextOf(b.data, "data again")).text).toBe("[1]");
	});

	test("what is in memory stays until changes that were decided have ended, and no more are decided meanwhile", async () => {
		const node = await start();
		const { sessions, events } = node;
		sessions.gained(lease(3));
		await node.ready(3);
		const changes = [sessions.beginChange(3, true), sessions.beginChange(3, true)];
		expect(changes[0]?.lease).toEqual(lease(3));
		const released = sessions.release(lease(3));
		const takesMore = () => {
			const more = sessions.beginChange(3, true);
			more?.end();
			return more !== undefined;
		};
		await until(() => !takesMore(), "it to take no more changes");
		// What is stored at the end, and nowhere else.
		sessions.beginChange(3, false)?.end();
		changes[0]?.end();
		changes[0]?.end();
		await Bun.sleep(0);
		expect(events).toEqual(["begin 3"]);
		changes[1]?.end();
		await within(released, "the partition to be left");
		expect(events).toEqual(["begin 3", "end 3"]);
		expect(sessions.beginChange(3, false)).toBeUndefined();
		// The same of one that is lost, whose next lease is another one.
		sessions.gained(lease(3, 2));
		await node.ready(3);
		const last = sessions.beginChange(3, true);
		sessions.lost(lease(3, 2));
		sessions.gained(lease(3, 3));
		expect(sessions.leaseOf(3)).toEqual(lease(3, 3));
		expect(events).toHaveLength(3);
		last?.end();
		await until(() => events.length === 5, "its end and its beginning");
		expect(events.slice(3)).toEqual(["end 3 lost", "begin 3"]);
	});

	test("one that comes back while its end is not over begins behind it", async () => {
		const node = await start();
		const { promise, resolve } = Promise.withResolvers<void>();
		node.beginning = () => promise;
		node.sessions.gained(lease(3));
		await until(() => node.events.length === 1, "it to begin");
		node.sessions.lost(lease(3));
		node.sessions.gained(lease(3, 2));
		expect(node.sessions.leaseOf(3)).toEqual(lease(3, 2));
		resolve();
		await node.ready(3);
		expect(node.events).toEqual(["begin 3", "end 3 lost", "begin 3"]);
	});

	test("one that is lost before it began has nothing to end", async () => {
		const node = await start();
		node.failures = [new Error("away")];
		node.sessions.gained(lease(3));
		await until(() => node.events.length === 1, "it to begin");
		node.sessions.lost(lease(3));
		node.sessions.gained(lease(4));
		await node.ready(4);
		expect(node.events).toEqual(["begin 3", "begin 4"]);
	});

	test("a node whose session was taken over does not take it back", async () => {
		const [a, b] = [await start(), await start()];
		a.sessions.gained(lease(3));
		await a.ready(3);
		a.owns = false;
		b.sessions.gained(lease(3, 2));
		await b.ready(3);
		await until(() => a.sessions.dataOf(3)?.isReady === false, "the first to be disconnected");
		await client.publish(DATA, "[1]", { qos: 1 });
		expect((await nextOf(b.data, "data")).text).toBe("[1]");
		expect(b.sessions.problem).toBeUndefined();
		expect(a.sessions.problem).toBeDefined();
	});

	test("while data is held, requests come nevertheless; at the end nothing does", async () => {
		const node = await start();
		node.sessions.gained(lease(3));
		await node.ready(3);
		node.sessions.holdData(true);
		await client.publish(DATA, "[1]", { qos: 1 });
		await client.publish(CONTROL, "1", { qos: 1 });
		(await nextOf(node.control, "the request")).done();
		node.sessions.holdData(false);
		(await nextOf(node.data, "data")).done();
		node.sessions.finish();
		await client.publish(CONTROL, "2", { qos: 1 });
		const next = await start();
		node.sessions.lost(lease(3));
		next.sessions.gained(lease(3, 2));
		expect((await nextOf(next.control, "what came behind the end")).text).toBe("2");
		expect(node.control.waiting).toEqual([]);
	});

	test("the router's is a session of its own, without work", async () => {
		const [a, b] = [await start(), await start()];
		a.sessions.gained(lease(ROUTER));
		await until(() => a.sessions.problem === undefined, "the router");
		await client.subscribe("iottalk/part/#");
		await client.publish("d/ctrl/i", "1", { qos: 1 });
		expect((await client.inbox.take("what was handed on")).text).toBe("1");
		await a.sessions.release(lease(ROUTER));
		await client.publish("d/ctrl/i", "2", { qos: 1 });
		b.sessions.gained(lease(ROUTER, 2));
		expect((await client.inbox.take("what waited")).text).toBe("2");
		b.sessions.lost(lease(ROUTER, 2));
		await client.publish("d/ctrl/i", "3", { qos: 1 });
		a.sessions.gained(lease(ROUTER, 3));
		expect((await client.inbox.take("what waited")).text).toBe("3");
		expect([...a.events, ...b.events]).toEqual([]);
	});
});
