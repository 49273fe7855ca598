// Many graphs of a node that is killed: all of them answer again on the others, and how soon.
// IOTCTL_GRAPHS sets how many (npm run test:cluster: 2000).
import { describe, expect, test } from "bun:test";
import { clusterForAll, LEASE_S, NODES, without } from "../support/cluster-drill.ts";
import { ClusterLoad } from "../support/cluster-load.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { ENDURANCE_MS } from "../support/waiting.ts";

const GRAPHS = Number(process.env.IOTCTL_GRAPHS ?? 100);
const KILLED = "b";

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))(`${GRAPHS} graphs of a node`, () => {
	const drill = clusterForAll({ load: { graphs: 0 } });

	test(
		"answer on others when it is killed",
		async () => {
			const { cluster } = drill;
			const owners = await cluster.owners();
			const partitions = [...owners].filter(([id, owner]) => id >= 0 && owner === KILLED);
			const load = await ClusterLoad.make(cluster, {
				...{ graphs: GRAPHS, perSecond: 0, partitions: partitions.map(([id]) => id) },
			});
			load.begin();
			let took = 0;
			await load.during("killed", async () => {
				await cluster.kill(KILLED);
				const killed = performance.now();
				load.burst();
				await load.through("on the other nodes");
				took = performance.now() - killed;
				await cluster.settled(...without(KILLED));
			});
			const seconds = (took / 1000).toFixed(1);
			await load.end(`${GRAPHS} graphs answer ${seconds} s after the kill, lease ${LEASE_S} s`);
			load.dispose();
			expect(await cluster.ownerOf(load.graphs[0]?.name ?? "")).not.toBe(KILLED);
			await cluster.restart(KILLED);
			await cluster.settled(...NODES);
		},
		ENDURANCE_MS,
	);
});
