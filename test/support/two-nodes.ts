import { afterAll, afterEach, beforeAll, beforeEach } from "bun:test";
import { type Start, TestCluster } from "./cluster-target.ts";
import { postgresForAll } from "./databases.ts";
import type { Target } from "./target.ts";
import { TEST_MS } from "./waiting.ts";

export interface TwoNodes {
	readonly cluster: TestCluster;
	readonly a: Target;
	readonly b: Target;
}

/**
 * Two nodes, `a` and `b`, at a lease of two seconds; to be called while tests are being defined.
 * @param times For each test, or for all of them.
 */
export function twoNodes(times: "each" | "all", start: Start): TwoNodes {
	const postgres = postgresForAll();
	const now = {} as { cluster: TestCluster; a: Target; b: Target };
	const [before, after] = times === "each" ? [beforeEach, afterEach] : [beforeAll, afterAll];
	before(async () => {
		now.cluster = await TestCluster.make(postgres.server, start, 2);
		[now.a, now.b] = await Promise.all([now.cluster.add("a"), now.cluster.add("b")]);
		await now.cluster.settled("a", "b");
	}, TEST_MS);
	after(() => now.cluster?.dispose(), TEST_MS);
	return now;
}
