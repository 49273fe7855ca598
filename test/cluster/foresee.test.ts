import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foresee } from "../../src/cluster/foresee.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { ClusterNode } from "../support/cluster-node.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS, until } from "../support/waiting.ts";

const NONE = { namesake: undefined, others: [] };

describe.skipIf(!hasPostgres())("before a start as a node", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let database: SharedDatabase;
	let url: string;
	const nodes: ClusterNode[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-foresee-"));
		url = postgres.server.url(await postgres.server.database());
		database = await openShared({ userdir, url }, DEADLINE_MS, quietLog);
	});
	afterEach(async () => {
		await Promise.all(nodes.splice(0).map((node) => node.stop()));
		database.close();
		rmSync(userdir, { recursive: true });
	});

	const start = async (name: string) => {
		const options = { userdir, url, leaseMs: 1000, partitions: 3, place: `of ${name}` };
		nodes.push(await ClusterNode.start(name, options));
	};
	const look = (more: Partial<Parameters<typeof foresee>[1]> = {}) =>
		foresee(database, { cluster: "test", node: "b", partitions: 3, ...more });
	const namesOf = async (node: string) => {
		const { namesake, others } = await look({ node });
		return [namesake?.name, others.map(({ name }) => name)];
	};

	test("the first one is known, whether or not the tables are there", async () => {
		const first = { refusal: undefined, isFirst: true, ...NONE };
		expect(await look()).toEqual(first);
		await (await openStore({ userdir, url }, quietLog, [CLUSTER_SCHEMA])).close();
		expect(await look()).toEqual(first);
	});

	test("a further one is told of the others that are alive, and of one with its name", async () => {
		await (await openStore({ userdir, url }, quietLog, [CLUSTER_SCHEMA])).close();
		await start("a");
		expect(await look()).toMatchObject({ refusal: undefined, isFirst: false });
		expect(await namesOf("b")).toEqual([undefined, ["a"]]);
		expect(await namesOf("a")).toEqual(["a", []]);
		nodes[0]?.kill();
		await until(async () => (await namesOf("a"))[0] === undefined, "its time to be over");
		expect(await namesOf("b")).toEqual([undefined, []]);
	});

	test("what would be refused is, in the words of the refusal", async () => {
		await (await openStore({ userdir, url }, quietLog, [CLUSTER_SCHEMA])).close();
		await start("a");
		expect((await look({ cluster: "x" })).refusal).toBe(
			'name in [cluster] is "x", but the database is that of the cluster "test": use that name, or another database',
		);
		expect((await look({ partitions: 4 })).refusal).toBe(
			"partitions in [cluster] is 4, but the database of the cluster was made with 3: set partitions = 3",
		);
	});
});
