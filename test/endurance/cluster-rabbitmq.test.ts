// Three nodes on three RabbitMQ, of which one is killed after the other, and a node, while data of QoS 1 goes through graphs.
// Its brokers start for half a minute: `npm test` leaves the file out, `npm run test:cluster` runs it.
// IOTCTL_KILLS sets how many kills of brokers: a third of them, and each broker once at least.
import { afterAll, describe, test } from "bun:test";
import { clusterForAll, LEASE_S, NODES, without } from "../support/cluster-drill.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { BROKERS, hasRabbit, RabbitCluster } from "../support/rabbitmq.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { DEADLINE_MS, ENDURANCE_MS, until, within } from "../support/waiting.ts";

const KILLS = Math.max(BROKERS, Math.ceil(Number(process.env.IOTCTL_KILLS ?? 2) / BROKERS));
/** As by default: brokers that choose new leaders are silent for longer than a mosquitto ever is. */
const LEASES = 3;
/** Quorum queues write each message to three disks; of those of a result to one more queue. */
const PER_SECOND = 100;
/** Longest that brokers may take to choose new leaders: five times the goal. */
const CHOOSING_MS = 5 * 6000;
/** Milliseconds for which a broker keeps a session that no one uses. */
const FORGETS_MS = 1000;
const LOST = "broker has lost the session";

describe.skipIf(!hasPostgres() || !hasRabbit())("three nodes on three RabbitMQ", () => {
	let rabbit: RabbitCluster;
	const drill = clusterForAll({
		broker: async () => {
			rabbit = await RabbitCluster.start();
			return rabbit;
		},
		leaseSeconds: LEASES * LEASE_S,
		load: { isOrdered: false, perSecond: PER_SECOND },
		ini: (node) => rabbit.iniFrom(NODES.indexOf(node)),
	});

	test(
		`lose nothing when ${KILLS} times one of the brokers is killed and comes back`,
		async () => {
			const { cluster, load } = drill;
			load.begin();
			await load.more(100, "before it");
			for (let kill = 0; kill < KILLS; kill++) {
				const killed = kill % BROKERS;
				await load.during("broker killed", async () => {
					await rabbit.kill(killed);
					await within(load.more(100, "without it"), "data to go on", DEADLINE_MS);
					await cluster.settled(...NODES);
				});
				await load.during("broker back", async () => {
					await rabbit.run(killed);
					await cluster.settled(...NODES);
				});
				await load.more(100, "after it");
			}
			await load.end(`${KILLS} kills of a RabbitMQ of three`, { brokerMs: CHOOSING_MS });
		},
		ENDURANCE_MS,
	);

	test(
		"lose nothing when one of them is killed and comes back",
		async () => {
			const { cluster, load } = drill;
			load.begin();
			await load.more(100, "before it");
			await load.during("killed", async () => {
				await cluster.kill("b");
				await cluster.settled(...without("b"));
			});
			await load.during("started again", async () => {
				await cluster.restart("b");
				await cluster.settled(...NODES);
			});
			await load.end("a node killed, on RabbitMQ", { brokerMs: CHOOSING_MS });
		},
		ENDURANCE_MS,
	);
});

describe.skipIf(!hasPostgres() || !hasRabbit())(
	"three nodes on a RabbitMQ that forgets sessions",
	() => {
		let proxy: TcpProxy;
		const drill = clusterForAll({
			broker: async () => {
				const rabbit = await RabbitCluster.start(1, [`mqtt.subscription_ttl = ${FORGETS_MS}`]);
				proxy = await TcpProxy.start(rabbit.ports[0] ?? 0);
				return rabbit;
			},
			leaseSeconds: LEASES * LEASE_S,
			load: { isOrdered: false, graphs: 8, perSecond: 50 },
			ini: () => ({ "core-mqtt": { connect: `127.0.0.1:${proxy.port}` } }),
		});
		afterAll(() => proxy?.stop());

		test(
			"subscribe again when they were away for longer, say so, and go on",
			async () => {
				const { cluster, load } = drill;
				proxy.cut("closed");
				await Bun.sleep(4 * FORGETS_MS);
				proxy.mend();
				await cluster.settled(...NODES);
				const hasSaid = (name: string) => cluster.node(name).log().includes(LOST);
				await until(() => NODES.every(hasSaid), "each to say so");
				load.begin();
				await load.more(100, "after it");
				await load.end("sessions lost by RabbitMQ", { brokerMs: CHOOSING_MS });
			},
			ENDURANCE_MS,
		);
	},
);
