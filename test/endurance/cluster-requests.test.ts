// Requests of graphs while nodes of a cluster are killed, the router's as well: each is carried out once, and answered once
// or once more in the same words, also where the node that died had acknowledged nothing of what it did last. And what
// devices say of themselves right before.
// IOTCTL_OPS sets how many there are (npm run test:cluster: 500).
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { ROUTER } from "../../src/cluster/partition-of.ts";
import { chance, SEED } from "../support/chance.ts";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { body, call } from "../support/gateway.ts";
import { LossyProxy } from "../support/lossy-proxy.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { RawClient } from "../support/raw-mqtt.ts";
import { startBinary } from "../support/target.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const OPS = Number(process.env.IOTCTL_OPS ?? 60);
const KILLS = Math.max(2, Math.ceil(OPS / 125));
const GRAPHS = 10;
const FEATURES = 3;
const DEVICES = 40;
const LEASE_S = 1;
const NODES = ["a", "b"];
const random = chance(SEED);
/** Of each round, before a node is killed: so many have been carried out, and not acknowledged. */
const ANSWERED_BEFORE = 8;

interface Graph {
	readonly name: string;
	readonly device: string;
	/** Features that are linked, in the order of their links. */
	linked: string[];
}

/** Sends requests, and knows how one server would have answered them. */
class Requests {
	readonly #client: RawClient;
	readonly #graphs: Graph[];
	readonly #wanted = new Map<number, string>();
	readonly #got = new Map<number, string[]>();
	readonly #replies = new Map<string, string>();
	#count = 0;

	private constructor(client: RawClient) {
		this.#client = client;
		this.#graphs = Array.from({ length: GRAPHS }, (_, n) => ({
			...{ name: `g${n}`, device: randomUUID(), linked: [] },
		}));
	}

	static async begin(port: number): Promise<Requests> {
		const client = await RawClient.connect({
			...{ port, clientId: "requests" },
			onMessage: (payload, topic) => requests.#take(payload.toString(), topic.toString()),
		});
		const requests = new Requests(client);
		await client.subscribe("iottalk/api/res/c/graph/+", 1);
		for (const graph of requests.#graphs) requests.#send(graph, { op: "attach" }, {});
		await requests.answered();
		return requests;
	}

	get #answers(): number {
		return this.#got.size;
	}

	/** Sends some to all graphs by turns, without waiting for answers. */
	send(count: number): void {
		for (let n = 0; n < count; n++) {
			const graph = this.#graphs[n % GRAPHS];
			if (graph !== undefined) this.#sendAny(graph);
		}
	}

	async answeredMore(count: number, before: number): Promise<void> {
		await until(() => this.#answers >= before + count, `${count} answers`, {
			ms: LONG_DEADLINE_MS,
		});
	}

	get count(): number {
		return this.#answers;
	}

	/** Waits until all are answered. */
	async answered(): Promise<void> {
		await until(() => this.#answers === this.#count, "all requests to be answered", {
			ms: LONG_DEADLINE_MS,
			seen: () => `${this.#answers} of ${this.#count} are`,
		});
	}

	/** Expects that each was answered as by one server, and that each graph is as there. @returns how many came twice. */
	async check(): Promise<number> {
		let twice = 0;
		for (const [n, wanted] of this.#wanted) {
			const got = this.#got.get(n) ?? [];
			twice += got.length - 1;
			expect([...new Set(got)]).toEqual([wanted]);
		}
		for (const { name, linked } of this.#graphs) {
			this.#client.publish(`iottalk/api/req/c/graph/${name}`, '{"op":"get_graph"}', 1);
			await until(() => this.#replies.has(name), `the state of ${name}`);
			const { links } = JSON.parse(this.#replies.get(name) ?? "");
			expect(links.map(({ idf }: { idf: string }) => idf)).toEqual(linked);
		}
		return twice;
	}

	end(): void {
		this.#client.end();
	}

	#sendAny(graph: Graph): void {
		const idf = `f${Math.floor(random() * FEATURES)}`;
		const isThere = graph.linked.includes(idf);
		const link = { da_id: graph.device, idf };
		if (random() < 0.5) {
			const refusal = isThere ? { state: "error", reason: "link already exists" } : {};
			this.#send(graph, { op: "add_link", ...link }, refusal);
			if (!isThere) graph.linked.push(idf);
			return;
		}
		const refusal = isThere ? {} : { state: "error", reason: "link unknown" };
		this.#send(graph, { op: "rm_link", ...link }, refusal);
		graph.linked = graph.linked.filter((one) => one !== idf);
	}

	#send({ name }: Graph, fields: object, outcome: object): void {
		this.#count += 1;
		const request = { ...fields, n: this.#count };
		this.#wanted.set(this.#count, JSON.stringify({ ...request, state: "ok", ...outcome }));
		this.#client.publish(`iottalk/api/req/c/graph/${name}`, JSON.stringify(request), 1);
	}

	#take(text: string, topic: string): void {
		const { op, n } = JSON.parse(text);
		if (op === "get_graph") this.#replies.set(topic.split("/").at(-1) ?? "", text);
		else this.#got.set(n, [...(this.#got.get(n) ?? []), text]);
	}
}

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("requests in a cluster", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	const proxies = new Map<string, LossyProxy>();
	beforeEach(async () => {
		cluster = await TestCluster.make(postgres.server, startBinary, LEASE_S);
		for (const name of NODES) {
			const proxy = await LossyProxy.start(cluster.mosquitto.port);
			proxies.set(name, proxy);
			await cluster.add(name, { "core-mqtt": { broker: "external", port: proxy.port } });
		}
		await cluster.settled(...NODES);
	}, ENDURANCE_MS);
	afterEach(async () => {
		await cluster.dispose();
		for (const proxy of proxies.values()) await proxy.stop();
		proxies.clear();
	}, ENDURANCE_MS);

	/** Kills a node, and starts it again once `meanwhile` is over. */
	const kill = async (name: string, meanwhile: () => Promise<void>) => {
		const node = cluster.nodes.get(name);
		if (node === undefined) throw new Error(`no node ${name}`);
		node.process?.kill("SIGKILL");
		await node.process?.exited;
		await meanwhile();
		cluster.nodes.set(name, await node.restart());
		await cluster.settled(...NODES);
	};

	test(
		`${OPS} during ${KILLS} kills are carried out once each`,
		async () => {
			const requests = await Requests.begin(cluster.mosquitto.port);
			for (let round = 0; round < KILLS; round++) {
				const router = (await cluster.owners()).get(ROUTER) ?? "";
				const other = NODES.find((one) => one !== router) ?? "";
				const name = round % 2 === 0 ? router : other;
				const proxy = proxies.get(name);
				if (proxy === undefined) throw new Error(`no node ${name}`);
				proxy.keepsAcknowledgements = true;
				const answered = requests.count;
				requests.send(Math.ceil(OPS / KILLS));
				await requests.answeredMore(ANSWERED_BEFORE, answered);
				await kill(name, () => {
					proxy.keepsAcknowledgements = false;
					return requests.answered();
				});
			}
			const twice = await requests.check();
			console.log(`${OPS} requests, ${KILLS} kills, ${twice} answers twice`);
			requests.end();
		},
		ENDURANCE_MS,
	);

	test(
		"what devices said last counts, also where their node dies right behind it",
		async () => {
			const ids = Array.from({ length: DEVICES }, () => randomUUID());
			const [first = ""] = ids;
			const node = cluster.nodes.get("a");
			if (node === undefined) throw new Error("no node");
			const revs = new Map<string, unknown>();
			for (const id of ids) revs.set(id, (await call(node, "PUT", `/${id}`, body())).json.rev);
			const { port } = cluster.mosquitto;
			const client = await RawClient.connect({ port, clientId: "devices" });
			const allAre = async (state: "online" | "offline", before: () => Promise<void>) => {
				for (const [id, rev] of revs) {
					client.publish(`${id}/ctrl/i`, JSON.stringify({ state, rev }), 1);
				}
				await before();
				const query = `SELECT count(*)::int AS n FROM devices WHERE online = ${state === "online"}`;
				await until(
					async () => (await cluster.ask(query))[0]?.n === DEVICES,
					`all devices to be ${state}`,
					{ ms: LONG_DEADLINE_MS },
				);
			};
			await allAre("online", async () => {});
			const name = await cluster.ownerOf(first);
			const owner = cluster.nodes.get(name);
			await allAre("offline", async () => {
				const isSaid = () => owner?.log().includes("device offline") === true;
				await until(isSaid, "one to be offline");
				await kill(name, async () => {});
			});
			client.end();
		},
		ENDURANCE_MS,
	);
});
