// kill -9 of the node that has a graph, while data of QoS 1 goes through it: the other node takes over, and whatever the
// broker was told to forget has a result.
// IOTCTL_KILLS sets how often (npm run test:cluster: 20).
import { expect, test } from "bun:test";
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

/** Messages at a steady rate, whatever becomes of the nodes. */
class Source {
	sent = 0;
	readonly #client: RawClient;
	readonly #timer: Timer;

	constructor(client: RawClient, topic: string) {
		this.#client = client;
		const begun = performance.now();
		this.#timer = setInterval(() => {
			const due = Math.floor(((performance.now() - begun) * PER_SECOND) / 1000);
			for (; this.sent < due; this.sent++) client.publish(topic, String(this.sent), 1);
		}, TICK_MS);
	}

	/** Resolves when the broker has all of them. */
	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await until(() => this.#client.inFlight === 0, "the broker to have everything", {
			ms: LONG_DEADLINE_MS,
		});
		this.#client.end();
	}
}

const isHere = hasPostgres() && hasProgram("mosquitto");
const postgres = isHere ? postgresForAll() : undefined;

test.if(isHere)(
	`a graph survives ${KILLS} kills of its node, and nothing that was acknowledged is lost`,
	async () => {
		if (postgres === undefined) return;
		const cluster = await TestCluster.make(postgres.server, startBinary, LEASE_S);
		const first = await cluster.add("a");
		await cluster.add("b");
		await cluster.settled(...NODES);
		const flow = await Flow.build(first, {
			idfs: [{ code: "def run(x): return int(x)\n" }],
			odfs: [{}],
		});
		const [input = "", output = ""] = [flow.idfTopics[0], flow.odfTopics[0]];
		await flow.expect(-1, [-1]);
		const got = new Set<number>();
		let results = 0;
		let last = performance.now();
		let longest = 0;
		const { port } = cluster.mosquitto;
		const sink = await RawClient.connect({
			...{ port, clientId: "sink" },
			onMessage: (payload) => {
				const now = performance.now();
				longest = Math.max(longest, now - last);
				last = now;
				results += 1;
				got.add(Number(JSON.parse(payload.toString())[0]));
			},
		});
		await sink.subscribe(output, 1);
		const source = new Source(await RawClient.connect({ port, clientId: "source" }), input);
		const graph = flow.graph.request.replace("iottalk/api/req/", "").replace("/graph/", "/");
		for (let kill = 1; kill <= KILLS; kill++) {
			const before = got.size;
			await until(() => got.size > before + 100, `data to flow before kill ${kill}`, {
				ms: LONG_DEADLINE_MS,
			});
			// A random moment, on purpose.
			await Bun.sleep(Math.random() * 500);
			const owner = await cluster.ownerOf(graph);
			const node = cluster.nodes.get(owner);
			node?.process?.kill("SIGKILL");
			await node?.process?.exited;
			const other = NODES.find((name) => name !== owner) ?? "";
			await cluster.settled(other);
			const stopped = got.size;
			await until(() => got.size > stopped, `data on the other node after kill ${kill}`, {
				ms: LONG_DEADLINE_MS,
			});
			if (node !== undefined) cluster.nodes.set(owner, await node.restart());
			await cluster.settled(...NODES);
		}
		await source.stop();
		await until(() => got.size >= source.sent, "all results", {
			...{ ms: LONG_DEADLINE_MS, seen: () => `${got.size} of ${source.sent} are here` },
		});
		console.log(
			`${KILLS} kills: ${source.sent} messages, none missing, ${results - got.size} results twice, longest pause ${(longest / 1000).toFixed(1)} s`,
		);
		expect(got.size).toBe(source.sent);
		sink.end();
		await flow.device.client.end();
		await cluster.dispose();
	},
	ENDURANCE_MS,
);
