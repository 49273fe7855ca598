import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handedTopic, partitionOfControl } from "../../src/cluster/control-topics.ts";
import { Router } from "../../src/cluster/router.ts";
import type { BrokerSession } from "../../src/mqtt/mod.ts";
import { quietLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { NodeConnection } from "../support/node-sessions.ts";
import { hasProgram } from "../support/programs.ts";
import { until } from "../support/waiting.ts";

const PARTITIONS = 8;
const GRAPH = "iottalk/api/req/c/graph/g";
const UPLINK = "00000000-0000-0000-0000-000000000001/ctrl/i";
const handed = (topic: string) => handedTopic(partitionOfControl(topic, PARTITIONS) ?? -1, topic);

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

	/** Has it work on a node of its own. */
	const start = async () => {
		const node = await NodeConnection.start(mosquitto.port);
		nodes.push(node);
		let session: BrokerSession | undefined;
		const router = new Router(PARTITIONS, {
			session: (filters) => {
				session = node.session({ clientId: "iotctl-lab-router", filters, qos: 1 });
				return session;
			},
			log: quietLog,
		});
		await until(() => router.session.isReady, "the router");
		return { router, node };
	};
	const heard = async (count: number) => {
		const found: string[] = [];
		for (let n = 0; n < count; n++) {
			const { topic, text } = await client.inbox.take(`message ${n}`);
			found.push(`${topic} ${text}`);
		}
		return found;
	};

	test("hands on what is sent to it, in order, and what waited while there was none", async () => {
		const { router } = await start();
		for (const n of [1, 2]) await client.publish(GRAPH, `${n}`);
		await client.publish(UPLINK, "3", { qos: 0 });
		await client.publish("elsewhere", "4");
		expect(await heard(3)).toEqual([
			...[`${handed(GRAPH)} 1`, `${handed(GRAPH)} 2`],
			`${handed(UPLINK)} 3`,
		]);
		await router.session.finish();
		await router.session.leave();
		await client.publish(GRAPH, "5");
		await start();
		expect(await heard(1)).toEqual([`${handed(GRAPH)} 5`]);
		expect(client.inbox.waiting).toEqual([]);
	});

	test("retained: says how devices are to a session that is new, and nothing of requests", async () => {
		await client.publish(UPLINK, "online", { retain: true, qos: 1 });
		await client.publish(GRAPH, "{}", { retain: true, qos: 1 });
		const { router } = await start();
		expect(await heard(1)).toEqual([`${handed(UPLINK)} online`]);
		await router.session.leave();
		await start();
		await client.publish(UPLINK, "offline", { qos: 1 });
		expect(await heard(1)).toEqual([`${handed(UPLINK)} offline`]);
		expect(client.inbox.waiting).toEqual([]);
	});
});
