// Three nodes on three RabbitMQ, of which one is killed. Only where IOTCTL_RABBITMQ is set: the start of the brokers alone takes
// half a minute, and it has not been seen to pass yet.
import { describe, test } from "bun:test";
import { clusterForAll, LEASE_S, NODES, without } from "../support/cluster-drill.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasRabbit, RabbitCluster } from "../support/rabbitmq.ts";
import { ENDURANCE_MS } from "../support/waiting.ts";

/** A broker cluster that elects new leaders is silent for longer than a mosquitto ever is. */
const LEASES = 3;
/** That of the first of our nodes. */
const KILLED = 0;

const isAsked = process.env.IOTCTL_RABBITMQ !== undefined;

/** Defined only where it is asked for: `npm test` is not to say that it was not run. */
if (isAsked && hasPostgres() && hasRabbit()) {
	describe("three nodes on three RabbitMQ", () => {
		let rabbit: RabbitCluster;
		const drill = clusterForAll({
			broker: async () => {
				rabbit = await RabbitCluster.start();
				return rabbit;
			},
			leaseSeconds: LEASES * LEASE_S,
			load: { isOrdered: false },
			ini: (node) => rabbit.iniFrom(NODES.indexOf(node)),
		});

		test(
			"go on when one of the brokers is killed, and it comes back",
			async () => {
				const { cluster, load } = drill;
				load.begin();
				await load.more(300, "before it");
				await load.during("broker node killed", async () => {
					await rabbit.kill(KILLED);
					await load.more(300, "without it");
					await cluster.settled(...NODES);
				});
				await load.during("broker node back", async () => {
					await rabbit.run(KILLED);
					await cluster.settled(...NODES);
				});
				await load.more(300, "after it");
				await load.end("a broker of three killed");
			},
			ENDURANCE_MS,
		);

		test(
			"lose nothing when one of them is killed",
			async () => {
				const { cluster, load } = drill;
				load.begin();
				await load.more(300, "before it");
				await load.during("killed", async () => {
					await cluster.kill("b");
					await cluster.settled(...without("b"));
				});
				await load.during("started again", async () => {
					await cluster.restart("b");
					await cluster.settled(...NODES);
				});
				await load.end("a node killed, on RabbitMQ");
			},
			ENDURANCE_MS,
		);
	});
}
