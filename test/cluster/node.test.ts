import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterBroker } from "../../src/cluster/cluster-broker.ts";
import { ClusterNode } from "../../src/cluster/node.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { systemClock } from "../../src/kit/clock.ts";
import { messageOf } from "../../src/kit/errors.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { StorePort } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { NodeConnection } from "../support/node-sessions.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { DEADLINE_MS, Inbox, until } from "../support/waiting.ts";

const PARTITIONS = 4;
const GRAPH = "c/g";
const REQUEST = "iottalk/api/req/c/graph/g";
const NONE = {
	...{ devices: 0, online: 0, graphs: 0, waiting: 0, engines: 0 },
	...{ received_per_second: 0, published_per_second: 0, memory_bytes: 0 },
};

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("a node", () => {
	const postgres = postgresForAll();
	let folder: string;
	let name: string;
	let mosquitto: Mosquitto;
	let connection: NodeConnection;
	let broker: ClusterBroker;
	let store: StorePort;
	let node: ClusterNode;
	let client: TestClient;
	const heard = new Inbox<BrokerMessage>();
	beforeEach(async () => {
		heard.clear();
		folder = mkdtempSync(join(tmpdir(), "iotctl-node-"));
		mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
		name = await postgres.server.database();
		const place = { userdir: folder, url: postgres.server.url(name) };
		store = await openStore(place, quietLog, [CLUSTER_SCHEMA]);
		connection = await NodeConnection.start(mosquitto.port);
		broker = new ClusterBroker(connection.broker, quietLog);
		const me = { name: "a", run: "a", place: "a", process: "a", version: "1.0.0", url: "" };
		node = new ClusterNode(
			{
				...{ cluster: "lab", node: "a", leaseMs: 2000, partitions: PARTITIONS },
				...{ identity: me, dataQos: 1 },
			},
			{
				database: await openShared(place, DEADLINE_MS, quietLog),
				patient: await openShared(place, DEADLINE_MS, quietLog),
				...{ broker, columns: store.columns, clock: systemClock, log: quietLog },
				work: { begin: async () => {}, end: async () => {} },
				isReady: () => true,
				figures: () => NONE,
				lastLinkId: async () => 0,
			},
		);
		await broker.subscribe("iottalk/api/req/+/graph/+", (message) => heard.add(message));
		await node.start();
		await isOurs(true);
		client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
	});
	afterEach(async () => {
		await client.end();
		await node.stop();
		await connection.stop();
		await store.close();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	});

	/** How many partitions are its own, the router's included. */
	const owned = async () => {
		const own = "SELECT FROM cluster_partitions WHERE owner = 'a'";
		return (await postgres.server.ask(own, name)).length;
	};
	const isOurs = (wanted: boolean) =>
		until(
			async () =>
				(await owned()) === PARTITIONS + (wanted ? 1 : 0) &&
				node.isOurs(GRAPH) === wanted &&
				broker.problem === undefined,
			`the graph to be ${wanted ? "its" : "another's"}`,
		);
	/** The next request, as the router has handed it on; it is not done. */
	const next = async () => {
		const { handed } = await heard.take("a request");
		if (handed === undefined) throw new Error("it was not handed on");
		return { key: GRAPH, digest: "d", handed };
	};
	const set = (change: string) =>
		postgres.server.ask(
			`UPDATE cluster_partitions SET ${change} WHERE id = ${node.partitionOf(GRAPH)}`,
			name,
		);
	/** Decides a change of the graph, and stores it. @returns why not. */
	const change = async (
		...answer: [] | [{ request: Awaited<ReturnType<typeof next>>; reply: string }]
	) => {
		try {
			const begun = node.begin([GRAPH], true, ...answer);
			await store.write((db) => begun.fence(db)).finally(() => begun.end());
			return "stored";
		} catch (error) {
			return messageOf(error);
		}
	};

	test("stores an answer under the lease under which its request came, and knows it under the next one", async () => {
		await client.publish(REQUEST, "{}");
		const request = await next();
		expect([node.isCurrent(request), node.answerTo(request)]).toEqual([true, undefined]);
		expect(await change({ request, reply: '{"state":"ok"}' })).toBe("stored");
		// Another node has it meanwhile.
		await set("owner = 'b', token = token + 1, until = now() + interval '1 minute'");
		await isOurs(false);
		await set("owner = NULL, until = '-infinity'");
		await isOurs(true);
		const again = await next();
		expect(again.handed.mark).toBe(request.handed.mark);
		expect(again.handed.lease).toBe(request.handed.lease + 2);
		expect([node.isCurrent(request), node.isCurrent(again)]).toEqual([false, true]);
		expect(node.answerTo(again)).toEqual({ reply: '{"state":"ok"}', isSent: false });
		// What was begun before that must not go on.
		expect(await change({ request, reply: "{}" })).toContain("another node's");
		expect(await change()).toBe("stored");
		node.answered(again, { reply: undefined, isSent: true });
		expect(node.answerTo(again)).toEqual({ reply: undefined, isSent: true });
	});

	test("stores no change that was decided under a lease of before, though it has the next one", async () => {
		const { promise: held, resolve } = Promise.withResolvers<void>();
		const busy = store.write(() => held);
		const stale = change();
		await set("owner = 'b', token = token + 1, until = now() + interval '1 minute'");
		await isOurs(false);
		await set("owner = NULL, until = '-infinity'");
		await until(
			async () => (await owned()) === PARTITIONS + 1,
			"the partition to be its own again",
		);
		expect(node.isOurs(GRAPH)).toBe(false);
		resolve();
		await busy;
		expect(await stale).toBe(
			`the server cannot store this now: partition ${node.partitionOf(GRAPH)} is another node's`,
		);
		await isOurs(true);
		expect(await change()).toBe("stored");
	});

	test("changes nothing of a partition that another node has, and drops it at once", async () => {
		await set("owner = 'b', token = token + 1, until = now() + interval '1 minute'");
		expect(await change()).toMatch(/another node('s| has taken over)/);
		await isOurs(false);
		expect(await change()).toContain("another node's");
	});
});
