import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partitionOfControl, readHanded } from "../../src/cluster/control-topics.ts";
import { Router } from "../../src/cluster/router.ts";
import type { BrokerSession } from "../../src/mqtt/mod.ts";
import { quietLog } from "../support/log.ts";
import { LossyProxy } from "../support/lossy-proxy.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { NodeConnection } from "../support/node-sessions.ts";
import { hasProgram } from "../support/programs.ts";
import { until } from "../support/waiting.ts";

const PARTITIONS = 8;
const GRAPH = "iottalk/api/req/c/graph/g";
const UPLINK = "00000000-0000-0000-0000-000000000001/ctrl/i";

describe.if(hasProgram("mosquitto"))("the router", () => {
	let folder: string;
	let mosquitto: Mosquitto;
	let client: TestClient;
	const nodes: NodeConnection[] = [];
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-router-"));
		mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
		client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await client.subscribe("iottalk/part/#");
	});
	afterEach(async () => {
		await client.end();
		for (const node of nodes.splice(0)) await node.stop();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	});

	/** Has it work on a node of its own. @param token Of its lease. */
	const start = async (token = 1, port = mosquitto.port) => {
		const node = await NodeConnection.start(port);
		nodes.push(node);
		let session: BrokerSession | undefined;
		const router = new Router(PARTITIONS, token, {
			session: (filters) => {
				session = node.session({ clientId: "iotctl-lab-router", filters, qos: 1 });
				return session;
			},
			log: quietLog,
		});
		await until(() => router.session.isReady, "the router");
		return { router };
	};
	/** What partitions get: where, under which mark, and what. */
	const next = async (what: string) => {
		const { topic, text } = await client.inbox.take(what);
		const read = readHanded(topic);
		return { ...read, partition: Number(topic.split("/")[2]), text };
	};
	const heard = async (count: number) => {
		const found: string[] = [];
		for (let n = 0; n < count; n++) {
			const { topic = "", partition, handed, text } = await next(`message ${n}`);
			expect(partition).toBe(partitionOfControl(topic, PARTITIONS) ?? -1);
			found.push(`${handed?.mark} ${topic} ${text}`);
		}
		return found;
	};

	test("hands on what is sent to it, in order, and what waited while there was none", async () => {
		const { router } = await start();
		for (const n of [1, 2]) await client.publish(GRAPH, `${n}`);
		await client.publish(UPLINK, "3", { qos: 0 });
		await client.publish("elsewhere", "4");
		expect(await heard(3)).toEqual([`1-1 ${GRAPH} 1`, `1-2 ${GRAPH} 2`, `1-3 ${UPLINK} 3`]);
		await router.session.finish();
		await router.session.leave();
		await client.publish(GRAPH, "5");
		await start(2);
		expect(await heard(1)).toEqual([`2-1 ${GRAPH} 5`]);
		expect(client.inbox.waiting).toEqual([]);
	});

	test("retained: says how devices are to a session that is new, and nothing of requests", async () => {
		await client.publish(UPLINK, "online", { retain: true, qos: 1 });
		await client.publish(GRAPH, "{}", { retain: true, qos: 1 });
		const { router } = await start();
		expect(await heard(1)).toEqual([`1-1 ${UPLINK} online`]);
		await router.session.leave();
		await start(2);
		await client.publish(UPLINK, "offline", { qos: 1 });
		expect(await heard(1)).toEqual([`2-1 ${UPLINK} offline`]);
		expect(client.inbox.waiting).toEqual([]);
	});

	test("what was retained at QoS 0 while there was none says how devices are; it was kept for no session", async () => {
		const { router } = await start();
		await client.publish(UPLINK, "online", { retain: true, qos: 0 });
		const live = await next("the live message");
		expect([live.text, live.handed?.isStored]).toEqual(["online", false]);
		await router.session.leave();
		await client.publish(UPLINK, "offline", { retain: true, qos: 0 });
		await client.publish(GRAPH, "{}", { retain: true, qos: 0 });
		await start(2);
		const stored = await next("the retained one");
		expect([stored.text, stored.handed?.isStored]).toEqual(["offline", true]);
		await client.publish(GRAPH, "1");
		expect((await next("a request")).text).toBe("1");
		expect(client.inbox.waiting).toEqual([]);
	});

	test("what the broker gives to the next one again says so, with the same packet id", async () => {
		const proxy = await LossyProxy.start(mosquitto.port);
		await start(1, proxy.port);
		await client.publish(GRAPH, "1");
		await until(() => client.inbox.waiting.length === 1, "it to be handed on");
		// As of a node that dies right behind what it has handed on.
		proxy.keepsAcknowledgements = true;
		await client.publish(GRAPH, "2");
		await client.publish(UPLINK, "3", { qos: 0 });
		await until(() => client.inbox.waiting.length === 3, "all to be handed on");
		await proxy.stop();
		await start(2);
		await client.publish(GRAPH, "4");
		const all = [];
		for (let n = 0; n < 5; n++) all.push(await next(`message ${n}`));
		const told = all.map(({ text, handed }) => [text, handed?.mark, handed?.isRepeated]);
		expect(told).toEqual([
			["1", "1-1", false],
			["2", "1-2", false],
			["3", "1-3", false],
			["2", "2-1", true],
			["4", "2-2", false],
		]);
		const ids = all.map(({ handed }) => handed?.packetId);
		expect(ids[3]).toBe(ids[1] ?? -1);
		expect(ids[2]).toBe(0);
		expect(ids[4]).not.toBe(ids[3] ?? -1);
	});
});
