// What happens to nodes of a cluster while data of QoS 1 goes through graphs: they are killed, frozen, stopped, and join.
// Whatever the broker was told to forget has a result, and nothing comes from a node that was replaced.
// IOTCTL_KILLS sets how many kills (npm run test:cluster: 20), IOTCTL_AWAY how many seconds a node is frozen (10).
import { describe, expect, test } from "bun:test";
import { clusterForAll, NODES, without } from "../support/cluster-drill.ts";
import type { DrillGraph } from "../support/drill-client.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const KILLS = Number(process.env.IOTCTL_KILLS ?? 2);
const AWAY_MS = Number(process.env.IOTCTL_AWAY ?? 2) * 1000;
/** Twice as long as presence waits before it is stored. */
const STORED_MS = 1000;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("of three nodes", () => {
	const drill = clusterForAll({});
	const ownerOf = ({ name }: DrillGraph) => drill.cluster.ownerOf(name);
	const signal = (name: string, what: NodeJS.Signals) =>
		drill.cluster.node(name).process?.kill(what);

	test(
		`${KILLS} are killed one after the other`,
		async () => {
			const { cluster, load } = drill;
			const began = performance.now();
			load.begin();
			for (let kill = 1; kill <= KILLS; kill++) {
				// A random moment, on purpose.
				await Bun.sleep(Math.random() * 500);
				const killed = NODES[Math.floor(Math.random() * NODES.length)] ?? "a";
				await load.during("killed", async () => {
					await cluster.kill(killed);
					await cluster.settled(...without(killed));
				});
				await load.during("started again", async () => {
					await cluster.restart(killed);
					await cluster.settled(...NODES);
				});
			}
			const seconds = Math.round((performance.now() - began) / 1000);
			await load.end(`${KILLS} kills in ${seconds} s`);
		},
		ENDURANCE_MS,
	);

	test(
		`one is frozen for ${AWAY_MS / 1000} s and wakes`,
		async () => {
			const { cluster, load } = drill;
			load.begin();
			await load.more(100, "before it");
			await load.during("frozen", async () => {
				const until = performance.now() + AWAY_MS;
				signal("b", "SIGSTOP");
				await cluster.settled(...without("b"));
				// What it has not done yet has to be old when it wakes.
				await Bun.sleep(until - performance.now());
			});
			await load.during("woken", async () => {
				signal("b", "SIGCONT");
				await cluster.settled(...NODES);
			});
			await load.end(`frozen for ${AWAY_MS / 1000} s`);
		},
		ENDURANCE_MS,
	);

	test(
		"one is stopped while it takes over what a killed one had",
		async () => {
			const { cluster, load } = drill;
			load.begin();
			await load.more(100, "before it");
			let heir = "";
			await load.during("killed, and its heir stopped", async () => {
				const before = await cluster.owners();
				await cluster.kill("b");
				await until(async () => {
					const now = [...(await cluster.owners())];
					const [, owner] =
						now.find(([id, owner]) => before.get(id) === "b" && owner !== "b") ?? [];
					heir = owner ?? "";
					return heir !== "";
				}, "one to take over");
				await cluster.node(heir).stop();
				await cluster.settled(...NODES.filter((name) => name !== "b" && name !== heir));
			});
			await load.during("started again", async () => {
				await Promise.all(["b", heir].map((name) => cluster.restart(name)));
				await cluster.settled(...NODES);
			});
			await load.end("killed, and its heir stopped");
		},
		ENDURANCE_MS,
	);

	test(
		"one that wakes stores and answers nothing that was another's to do meanwhile",
		async () => {
			const { cluster, load } = drill;
			const { drill: client } = load;
			const [graph] = load.graphs;
			if (graph === undefined) throw new Error("no graph");
			const device = await deviceBeside(graph);
			const isOnline = async () => {
				const [row] = await cluster.ask(
					`SELECT online FROM devices WHERE da_id = '${device.daId}'`,
				);
				return row?.online;
			};
			const frozen = await ownerOf(graph);
			client.say(device.daId, "offline", device.rev);
			await until(async () => (await isOnline()) === false, "it to be away");
			// What the node has heard, and not stored yet.
			client.tellings(device.daId);
			client.say(device.daId, "online", device.rev);
			await until(() => client.tellings(device.daId) > 0, "its features to be told");
			const answered = client.strayReplies.length;
			signal(frozen, "SIGSTOP");
			// These reach the frozen node first, and are done by the next one.
			client.say(device.daId, "offline", device.rev);
			const link = { op: "add_link", da_id: device.daId, idf: "other" };
			const reply = await client.ask(graph.name, link);
			expect(reply.state).toBe("ok");
			await cluster.settled(...without(frozen));
			signal(frozen, "SIGCONT");
			await cluster.settled(...NODES);
			await Bun.sleep(STORED_MS);
			expect(await isOnline()).toBe(false);
			expect(client.strayReplies.slice(answered)).toEqual([]);
			const { links } = await client.ok(graph.name, { op: "get_graph" });
			expect((links as { idf?: string }[]).filter(({ idf }) => idf === "other")).toHaveLength(1);
			await client.ok(graph.name, { op: "rm_link", da_id: device.daId, idf: "other" });
			client.say(device.daId, "online", device.rev);
			await until(async () => (await isOnline()) === true, "it to be back", {
				ms: LONG_DEADLINE_MS,
			});
		},
		ENDURANCE_MS,
	);

	test(
		"one is stopped and started, and a fourth one joins and leaves",
		async () => {
			const { cluster, load } = drill;
			load.begin();
			await load.more(100, "before it");
			await load.during("stopped", async () => {
				await cluster.node("c").stop();
				await cluster.settled(...without("c"));
			});
			await load.during("joined", async () => {
				await cluster.restart("c");
				await cluster.settled(...NODES);
			});
			await load.during("joined as the fourth", async () => {
				await cluster.add("d", { log: { level: "info" } });
				await cluster.settled(...NODES, "d");
			});
			await load.during("left for good", async () => {
				await cluster.node("d").dispose();
				cluster.nodes.delete("d");
				await cluster.settled(...NODES);
			});
			await load.end("stopped and joined");
		},
		ENDURANCE_MS,
	);

	/** A device with a graph of the same node. */
	async function deviceBeside(graph: DrillGraph): Promise<DrillGraph> {
		const owner = await ownerOf(graph);
		for (const other of drill.load.graphs) {
			if ((await drill.cluster.ownerOf(other.daId)) === owner) return other;
		}
		throw new Error(`no device of ${owner}`);
	}
});
