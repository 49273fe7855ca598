// All devices of a cluster's test, and the client of its graphs, in one connection that outlives the broker.
import { randomUUID } from "node:crypto";
import { partitionOf } from "../../src/cluster/partition-of.ts";
import { PARTITIONS, type TestCluster } from "./cluster-target.ts";
import { body, call, digestOf, type Json } from "./gateway.ts";
import { LastingClient } from "./lasting-client.ts";
import type { Target } from "./target.ts";
import { Inbox, LONG_DEADLINE_MS, until } from "./waiting.ts";

const CLIENT = "drill";
const RESPONSES = `iottalk/api/res/${CLIENT}/graph/`;
/** Graphs that are built at a time. */
const AT_A_TIME = 16;

/** One input and one output of one device. */
export interface DrillGraph {
	/** `CLIENT/GRAPH` */
	readonly name: string;
	readonly partition: number;
	readonly daId: string;
	/** Of its registration. */
	readonly rev: string;
	/** Topic of its input. */
	readonly input: string;
	/** Topic of its output. */
	readonly output: string;
}

export interface BuildOptions {
	/** Source of the function at each input. */
	readonly code: string;
	/** In which the graphs are, each in turn; all of the cluster by default. */
	readonly partitions?: readonly number[];
}

export class DrillClient {
	readonly #cluster: TestCluster;
	readonly #client: LastingClient;
	readonly #replies: Inbox<readonly [topic: string, reply: Json]>;
	/** Of features (`DA_ID FEATURE`), as devices were told. */
	readonly #topics: Map<string, string>;
	readonly #tellings: Map<string, number>;

	private constructor(cluster: TestCluster, client: LastingClient, heard: Heard) {
		this.#cluster = cluster;
		this.#client = client;
		this.#replies = heard.replies;
		this.#topics = heard.topics;
		this.#tellings = heard.tellings;
	}

	static async connect(cluster: TestCluster): Promise<DrillClient> {
		const heard = new Heard();
		const client = await LastingClient.connect({
			...{ ports: cluster.broker.ports, clientId: `drill-${randomUUID()}` },
			onMessage: (payload, topic) => heard.take(topic.toString(), payload.toString()),
		});
		heard.answer = (topic, payload) => client.publish(topic, payload);
		await client.subscribe("+/ctrl/o");
		await client.subscribe(`${RESPONSES}+`);
		return new DrillClient(cluster, client, heard);
	}

	/** Sends a request for a graph, and waits for its reply. */
	async ask(name: string, request: Json): Promise<Json> {
		const graph = name.replace(`${CLIENT}/`, "");
		this.#client.publish(`iottalk/api/req/${CLIENT}/graph/${graph}`, JSON.stringify(request));
		const [, reply] = await this.#replies.take(
			`the reply to ${request.op} of ${name}`,
			([topic, { op }]) => topic === RESPONSES + graph && op === request.op,
			LONG_DEADLINE_MS,
		);
		return reply;
	}

	/** Sends a request that has to succeed. */
	async ok(name: string, request: Json): Promise<Json> {
		const reply = await this.ask(name, request);
		if (reply.state !== "ok") throw new Error(`Refused: ${JSON.stringify(reply)}`);
		return reply;
	}

	/** A device says what it is. */
	say(daId: string, state: "online" | "offline", rev: string): void {
		this.#client.publish(`${daId}/ctrl/i`, JSON.stringify({ state, rev }), true);
	}

	/** Builds graphs by requests over the wire, at all nodes in turn. */
	async build(count: number, options: BuildOptions): Promise<DrillGraph[]> {
		const nodes = [...this.#cluster.nodes.values()];
		const built: DrillGraph[] = [];
		let begun = 0;
		const worker = async () => {
			for (let n = begun++; n < count; n = begun++) {
				const node = nodes[n % nodes.length];
				if (node !== undefined) built.push(await this.#build(node, n, options));
			}
		};
		await Promise.all(Array.from({ length: AT_A_TIME }, worker));
		return built;
	}

	/** Replies that no one has asked for. */
	get strayReplies(): readonly (readonly [topic: string, reply: Json])[] {
		return this.#replies.waiting;
	}

	/** How often a device was told of its features since this was asked for the last time. */
	tellings(daId: string): number {
		const count = this.#tellings.get(daId) ?? 0;
		this.#tellings.delete(daId);
		return count;
	}

	/** Resolves when the broker has everything that was sent. */
	confirmed(): Promise<void> {
		return this.#client.confirmed();
	}

	end(): void {
		this.#client.end();
	}

	async #build(node: Target, n: number, { code, partitions }: BuildOptions): Promise<DrillGraph> {
		const all = partitions ?? Array.from({ length: PARTITIONS }, (_, id) => id);
		const partition = all[n % all.length] ?? 0;
		const name = nameIn(partition);
		const daId = randomUUID();
		const { json, status } = await call(node, "PUT", `/${daId}`, body({ name: undefined }));
		if (status !== 200) throw new Error(`PUT answered ${status}: ${JSON.stringify(json)}`);
		this.say(daId, "online", String(json.rev));
		await this.ok(name, { op: "attach" });
		const func = digestOf(code);
		await this.ok(name, { op: "add_funcs", codes: [code], digests: [func] });
		await this.ok(name, { op: "add_link", da_id: daId, idf: "in", func });
		await this.ok(name, { op: "add_link", da_id: daId, odf: "out" });
		const topicOf = (feature: string) => this.#topics.get(`${daId} ${feature}`);
		const isTold = () => topicOf("in") !== undefined && topicOf("out") !== undefined;
		await until(isTold, `${daId} to be told of its features`, { ms: LONG_DEADLINE_MS });
		return {
			...{ name, partition, daId, rev: String(json.rev) },
			...{ input: topicOf("in") ?? "", output: topicOf("out") ?? "" },
		};
	}
}

/** What has been heard before anyone asks for it. */
class Heard {
	readonly replies = new Inbox<readonly [topic: string, reply: Json]>();
	readonly topics = new Map<string, string>();
	readonly tellings = new Map<string, number>();
	answer: (topic: string, payload: string) => void = () => {};

	take(topic: string, text: string): void {
		const json = JSON.parse(text) as Json;
		if (topic.startsWith(RESPONSES)) {
			this.replies.add([topic, json]);
			return;
		}
		const daId = topic.replace("/ctrl/o", "");
		const feature = String(json.idf ?? json.odf);
		if (json.command === "CONNECT") {
			this.topics.set(`${daId} ${feature}`, String(json.topic));
			this.tellings.set(daId, (this.tellings.get(daId) ?? 0) + 1);
		}
		this.answer(`${daId}/ctrl/i`, JSON.stringify({ msg_id: json.msg_id, state: "ok" }));
	}
}

/** A new graph's name, which is in a partition. */
function nameIn(partition: number): string {
	for (;;) {
		const name = `${CLIENT}/${randomUUID()}`;
		if (partitionOf(name, PARTITIONS) === partition) return name;
	}
}
