// What is wrong in a cluster, and does no harm to what goes on in it: a message that ends engines, nodes that may not join,
// clocks that differ.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../src/kit/errors.ts";
import { clusterForAll, NODES, without } from "../support/cluster-drill.ts";
import { Flow, failuresOf } from "../support/flow.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { ENDURANCE_MS } from "../support/waiting.ts";

const CLUSTER = join(import.meta.dir, "../../src/cluster");
/** For 666 it computes for as long as it is let. */
const BAD = "def run(x):\n  if x == 666: sum(range(10 ** 12))\n  return x\n";
const REPLACED = "function engine replaced";

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("a cluster", () => {
	const drill = clusterForAll({
		load: { graphs: 8, perSecond: 60 },
		ini: () => ({ esm: { "call-timeout": 1000 } }),
	});
	/** Engines that have ended at nodes, since those were started. */
	const engineEnds = (nodes: readonly string[]) => {
		const logs = nodes.map((name) => drill.cluster.node(name).log());
		return logs.reduce((sum, log) => sum + log.split(REPLACED).length - 1, 0);
	};

	test(
		"reports a message that ends the engine, also that of the next node, and never runs it again",
		async () => {
			const { cluster } = drill;
			const flow = await Flow.build(cluster.node("a"), { idfs: [{ code: BAD }], odfs: [{}] });
			const failure = await failuresOf(flow);
			const input = flow.idfTopics[0] ?? "";
			const name = flow.graph.request.replace("iottalk/api/req/", "").replace("/graph/", "/");
			const first = await cluster.ownerOf(name);
			// It is at the engine when its node dies, and comes again to the next one.
			await flow.device.client.publish(input, [666], { qos: 1 });
			await flow.device.client.publish(input, [1], { qos: 1 });
			await Bun.sleep(200);
			await cluster.kill(first);
			await cluster.settled(...without(first));
			expect(await failure()).toContain("time limit of 1000 ms exceeded");
			expect((await flow.receive()).text).toBe("[1]");
			const second = await cluster.ownerOf(name);
			const ends = engineEnds(NODES);
			// Once in a batch with others, at most, and once alone.
			expect([1, 2]).toContain(engineEnds([second]));
			await cluster.kill(second);
			await cluster.restart(first);
			await cluster.settled(...without(second));
			await flow.device.client.publish(input, [2], { qos: 1 });
			// A repeat of what the killed node had not acknowledged may be before it.
			let next = "";
			do next = (await flow.receive()).text;
			while (next === "[1]");
			expect(next).toBe("[2]");
			const further = engineEnds(without(second));
			console.log(
				`a message that ends engines: ${ends} ended until it was reported, ${further} when the node that had reported it was killed`,
			);
			expect(further).toBe(0);
			await cluster.restart(second);
			await cluster.settled(...NODES);
			await flow.device.client.end();
		},
		ENDURANCE_MS,
	);

	test(
		"refuses nodes of a name that is taken, with other partitions or of another cluster, and goes on meanwhile",
		async () => {
			const { cluster, load } = drill;
			load.begin();
			const moved = await load.during("nodes refused", async () => {
				const refused = async (name: string, ini: Record<string, string | number>) =>
					cluster.add(name, { cluster: ini }).then(() => "", messageOf);
				expect(await refused("a", {})).toContain(
					'the node "a" of the cluster is running already, on ',
				);
				expect(await refused("d", { partitions: 16 })).toContain(
					"partitions in [cluster] is 16, but the database of the cluster was made with 8",
				);
				expect(await refused("d", { name: "other" })).toContain(
					'it is that of the cluster "lab", and only its nodes change it',
				);
				await cluster.settled(...NODES);
			});
			expect(moved).toEqual([]);
			await load.end("nodes refused");
		},
		ENDURANCE_MS,
	);

	test("reads no clock of the machine: only the database's is compared, by the database", () => {
		const files = readdirSync(CLUSTER).filter((name) => name.endsWith(".ts"));
		const reading = files.filter((name) =>
			/\bDate\b|timeOrigin/.test(readFileSync(join(CLUSTER, name), "utf8")),
		);
		expect(reading).toEqual([]);
	});
});
