// Nodes of a cluster whose tables a newer version has brought up to date; side-by-side.test.ts has what migrations do.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { messageOf } from "../../src/kit/errors.ts";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { body, call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";
import { TEST_MS } from "../support/waiting.ts";

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("an upgrade of one node", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	let a: Target;
	beforeEach(async () => {
		cluster = await TestCluster.make(postgres.server, startTarget, 1);
		a = await cluster.add("a");
		await cluster.settled("a");
	}, TEST_MS);
	afterEach(() => cluster.dispose(), TEST_MS);

	const ask = (statement: string) =>
		postgres.server.ask(statement, new URL(cluster.url).pathname.slice(1));
	const register = async (node: Target) =>
		(await call(node, "PUT", `/${crypto.randomUUID()}`, body())).status;

	test(
		"leaves older ones at work, and lets them start, until it removes what they need",
		async () => {
			await ask("ALTER TABLE devices ADD COLUMN colour TEXT");
			await ask("UPDATE schema_versions SET version = version + 1 WHERE module = 'csm'");
			expect(await register(a)).toBe(200);
			const b = await cluster.add("b");
			await cluster.settled("a", "b");
			expect(await register(b)).toBe(200);
			await ask("UPDATE schema_versions SET oldest = version WHERE module = 'csm'");
			const refused = await cluster.add("c").catch(messageOf);
			expect(refused).toContain("which has removed what this one needs (schema ");
			expect(refused).toContain("; upgrade this node");
			expect(await register(a)).toBe(200);
		},
		TEST_MS,
	);
});
