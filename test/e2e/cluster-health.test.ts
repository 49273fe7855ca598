// Whether a load balancer may send requests to a node: it asks /health.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { body, call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, TEST_MS, until } from "../support/waiting.ts";

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("a node", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	let node: Target;
	beforeAll(async () => {
		cluster = await TestCluster.make(postgres.server, startTarget, 1);
		node = await cluster.add("a");
		await cluster.settled("a");
	}, TEST_MS);
	afterAll(() => cluster.dispose(), TEST_MS);

	const health = async () => (await call(node, "GET", "/health")).status;
	const warnings = async (): Promise<string[]> =>
		JSON.parse((await call(node, "GET", "/api/status")).text).warnings;
	const register = async () =>
		(await call(node, "PUT", `/${crypto.randomUUID()}`, body({}))).status;

	test(
		"is ready while its database is away, and says that leases are not renewed; without the broker it is not",
		async () => {
			await postgres.server.stop();
			const isTold = async () => (await warnings()).some((text) => text.includes("its database"));
			await until(isTold, "the outage to be told", { ms: LONG_DEADLINE_MS });
			expect(await health()).toBe(200);
			expect(await register()).toBe(503);
			expect((await call(node, "GET", "/metrics")).text).toContain(
				'iotctl_cluster_leases_renewed{node="a"} 0\n',
			);
			await postgres.server.run();
			await until(async () => (await register()) === 200, "the database to be back", {
				ms: LONG_DEADLINE_MS,
			});
			expect(await health()).toBe(200);
			await cluster.mosquitto.stop();
			await until(async () => (await health()) === 503, "the loss of the broker to be told");
			await cluster.mosquitto.run();
			await until(async () => (await health()) === 200, "all sessions to be back", {
				ms: LONG_DEADLINE_MS,
			});
		},
		TEST_MS,
	);
});
