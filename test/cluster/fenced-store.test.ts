import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fence } from "../../src/cluster/fence.ts";
import { FencedStore } from "../../src/cluster/fenced-store.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { messageOf } from "../../src/kit/errors.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { StorePort } from "../../src/store/port.ts";
import { ClusterNode } from "../support/cluster-node.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { until } from "../support/waiting.ts";

describe.skipIf(!hasPostgres())("the database under a lease", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let store: StorePort;
	let node: ClusterNode;
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-fenced-"));
		const name = await postgres.server.database();
		const place = { userdir, url: postgres.server.url(name) };
		store = await openStore(place, quietLog, [CLUSTER_SCHEMA]);
		node = await ClusterNode.start("a", {
			...place,
			...{ leaseMs: 3000, partitions: 1, hasProjects: true },
		});
		await until(() => node.working.has(-2), "the node to have the project manager");
	});
	afterEach(async () => {
		await node.stop();
		await store.close();
		rmSync(userdir, { recursive: true });
	});

	test("takes changes while it holds, and none once another node has it", async () => {
		const lease = node.working.get(-2);
		if (lease === undefined) throw new Error("It has none");
		const under = new FencedStore(store, (db) => fence(db, store.columns, "a", lease));
		expect(await under.write(async () => "done")).toBe("done");
		await node.rows.adopt([-2]);
		let isRun = false;
		const refused = await under.write(async () => (isRun = true)).catch(messageOf);
		expect(refused).toBe(
			"the server cannot store this now: another node has taken over the project manager",
		);
		expect(isRun).toBe(false);
		expect(await under.read(async () => "read")).toBe("read");
	});
});
