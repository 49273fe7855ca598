// What happens to nodes of a cluster while data of QoS 1 goes through a graph: whatever the broker was told to forget has a
// result.
// IOTCTL_KILLS sets how often its node is killed (npm run test:cluster: 20).
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { Flow } from "../support/flow.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { RawClient } from "../support/raw-mqtt.ts";
import { startBinary } from "../support/target.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const KILLS = Number(process.env.IOTCTL_KILLS ?? 2);
const PER_SECOND = 300;
const TICK_MS = 10;
const LEASE_S = 1;
const NODES = ["a", "b"];

/** A graph through which numbers go at a steady rate, whatever becomes of the nodes. */
class Load {
	readonly #got = new Set<number>();
	readonly #flow: Flow;
	#clients: RawClient[] = [];
	#timer: Timer | undefined;
	#sent = 0;
	#results = 0;
	#last = performance.now();
	#longest = 0;

	private constructor(flow: Flow) {
		this.#flow = flow;
	}

	static async begin(cluster: TestCluster): Promise<Load> {
		const first = cluster.nodes.get("a");
		if (first === undefined) throw new Error("no node");
		const flow = await Flow.build(first, {
			idfs: [{ code: "def run(x): return int(x)\n" }],
			odfs: [{}],
		});
		await flow.expect(-1, [-1]);
		const load = new Load(flow);
		await load.#begin(cluster.mosquitto.port);
		return load;
	}

	/** `CLIENT/GRAPH` */
	get graph(): string {
		const { request } = this.#flow.graph;
		return request.replace("iottalk/api/req/", "").replace("/graph/", "/");
	}

	/** Waits until so many more have come out. */
	async more(count: number, when: string): Promise<void> {
		const before = this.#got.size;
		await until(() => this.#got.size >= before + count, `${count} results ${when}`, {
			ms: LONG_DEADLINE_MS,
		});
	}

	/** Ends it, and expects that all came out. @param what For people. */
	async end(what: string): Promise<void> {
		clearInterval(this.#timer);
		const [source, sink] = this.#clients;
		await until(() => source?.inFlight === 0, "the broker to have everything", {
			ms: LONG_DEADLINE_MS,
		});
		await until(() => this.#got.size >= this.#sent, "all results", {
			...{ ms: LONG_DEADLINE_MS, seen: () => `${this.#got.size} of ${this.#sent} are here` },
		});
		const twice = this.#results - this.#got.size;
		const pause = (this.#longest / 1000).toFixed(1);
		console.log(
			`${what}: ${this.#sent} messages, none missing, ${twice} results twice, longest pause ${pause} s`,
		);
		expect(this.#got.size).toBe(this.#sent);
		source?.end();
		sink?.end();
		await this.#flow.device.client.end();
	}

	async #begin(port: number): Promise<void> {
		const [input = "", output = ""] = [this.#flow.idfTopics[0], this.#flow.odfTopics[0]];
		const source = await RawClient.connect({ port, clientId: "source" });
		const sink = await RawClient.connect({
			...{ port, clientId: "sink" },
			onMessage: (payload) => this.#result(Number(JSON.parse(payload.toString())[0])),
		});
		await sink.subscribe(output, 1);
		this.#clients = [source, sink];
		this.#last = performance.now();
		const begun = this.#last;
		this.#timer = setInterval(() => {
			const due = Math.floor(((performance.now() - begun) * PER_SECOND) / 1000);
			for (; this.#sent < due; this.#sent++) source.publish(input, String(this.#sent), 1);
		}, TICK_MS);
	}

	#result(number: number): void {
		const now = performance.now();
		this.#longest = Math.max(this.#longest, now - this.#last);
		this.#last = now;
		this.#results += 1;
		this.#got.add(number);
	}
}

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("a graph of a cluster", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	let load: Load;
	beforeEach(async () => {
		cluster = await TestCluster.make(postgres.server, startBinary, LEASE_S);
		for (const name of NODES) await cluster.add(name);
		await cluster.settled(...NODES);
		load = await Load.begin(cluster);
		await load.more(100, "before anything happens");
	}, ENDURANCE_MS);
	afterEach(() => cluster.dispose(), ENDURANCE_MS);

	const owner = async () => {
		const name = await cluster.ownerOf(load.graph);
		const node = cluster.nodes.get(name);
		if (node === undefined) throw new Error(`${name} is not a node`);
		return { name, node, other: NODES.find((one) => one !== name) ?? "" };
	};

	test(
		`survives ${KILLS} kills of its node`,
		async () => {
			for (let kill = 1; kill <= KILLS; kill++) {
				// A random moment, on purpose.
				await Bun.sleep(Math.random() * 500);
				const { name, node, other } = await owner();
				node.process?.kill("SIGKILL");
				await node.process?.exited;
				await cluster.settled(other);
				await load.more(100, `on the other node after kill ${kill}`);
				cluster.nodes.set(name, await node.restart());
				await cluster.settled(...NODES);
			}
			await load.end(`${KILLS} kills`);
		},
		ENDURANCE_MS,
	);

	test(
		"goes on elsewhere while its node is frozen, which drops it when it wakes",
		async () => {
			const { node, other } = await owner();
			node.process?.kill("SIGSTOP");
			await until(
				async () => (await cluster.ownerOf(load.graph)) === other,
				"the other node to take it over",
				{ ms: LONG_DEADLINE_MS },
			);
			await load.more(300, "on the other node");
			node.process?.kill("SIGCONT");
			await cluster.settled(...NODES);
			await load.more(300, "after it woke");
			await load.end("frozen");
		},
		ENDURANCE_MS,
	);

	test(
		"goes on where it is while the database is away",
		async () => {
			const before = await cluster.owners();
			await postgres.server.stop("SIGQUIT");
			await load.more(4 * LEASE_S * PER_SECOND, "without a database");
			await postgres.server.run();
			await cluster.settled(...NODES);
			expect(await cluster.owners()).toEqual(before);
			await load.end("database away");
		},
		ENDURANCE_MS,
	);

	test(
		"is handed over by a node that is stopped, and comes back to it",
		async () => {
			const { name, node, other } = await owner();
			const restarted = await node.restart(async () => {
				await cluster.settled(other);
				await load.more(100, "on the other node");
			});
			cluster.nodes.set(name, restarted);
			await cluster.settled(...NODES);
			await load.more(100, "with both");
			await load.end("stopped and started");
		},
		ENDURANCE_MS,
	);
});
