// Functions of a cluster that are slower than what is sent to them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { Flow } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary } from "../support/target.ts";
import { LONG_DEADLINE_MS, TEST_MS } from "../support/waiting.ts";

/** Takes milliseconds, and fails for each third number. */
const SLOW = `def run(x):
    for n in range(20000):
        pass
    if x % 3 == 0: raise ValueError(x)
    return x
`;
/** The last one gives a result: those that fail are counted by then. */
const SENT = 301;
/** Fewer than mosquitto has in flight at once. */
const QUEUED = 3;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))(
	"a function slower than its data",
	() => {
		const postgres = postgresForAll();
		let cluster: TestCluster;
		beforeAll(async () => {
			cluster = await TestCluster.make(postgres.server, startBinary, 2);
			await cluster.add("a", { esm: { "queue-per-link": QUEUED } });
			await cluster.settled("a");
		}, TEST_MS);
		afterAll(() => cluster.dispose(), TEST_MS);

		test(
			"loses nothing of QoS 1, in order, to each of several outputs; what waits is at the broker",
			async () => {
				const a = cluster.node("a");
				const flow = await Flow.build(a, { idfs: [{ code: SLOW }], odfs: [{}, {}] });
				const { device, idfTopics, odfTopics } = flow;
				for (const topic of odfTopics) await device.client.subscribe(topic, 1);
				const numbers = Array.from({ length: SENT }, (_, n) => n + 1);
				await Promise.all(
					numbers.map((n) => device.client.publish(idfTopics[0] ?? "", [n], { qos: 1 })),
				);
				const wanted = numbers.filter((n) => n % 3 !== 0);
				for (const output of odfTopics.keys()) {
					const came: unknown[] = [];
					for (const _ of wanted) {
						const { text } = await flow.receive(output, LONG_DEADLINE_MS);
						came.push(...(JSON.parse(text) as unknown[]));
					}
					expect(came).toEqual(wanted);
				}
				const { text } = await call(a, "GET", "/metrics");
				const dropped = text.match(/^iotctl_messages_dropped_total\{.*/gm);
				expect(dropped).toEqual([
					`iotctl_messages_dropped_total{reason="exception"} ${Math.floor(SENT / 3)}`,
				]);
				await device.client.end();
			},
			TEST_MS,
		);
	},
);
