import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterView, drain, forget } from "../../src/cluster/members.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { messageOf } from "../../src/kit/errors.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { ClusterNode, type ClusterNodeOptions } from "../support/cluster-node.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS, until } from "../support/waiting.ts";

const FIGURES = {
	...{ devices: 5, online: 2, graphs: 1, waiting: 0, engines: 1 },
	...{ received_per_second: 10.5, published_per_second: 9, memory_bytes: 2 ** 27 },
};

describe.skipIf(!hasPostgres())("the nodes of a cluster", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	let database: SharedDatabase;
	const nodes: ClusterNode[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-members-"));
		name = await postgres.server.database();
		database = await openShared(place(), DEADLINE_MS, quietLog);
	});
	afterEach(async () => {
		await Promise.all(nodes.splice(0).map((node) => node.stop()));
		database.close();
		rmSync(userdir, { recursive: true });
	});

	const place = () => ({ userdir, url: postgres.server.url(name) });
	const makeTables = async () => (await openStore(place(), quietLog, [CLUSTER_SCHEMA])).close();
	const start = async (node: string, more: Partial<ClusterNodeOptions> = {}) => {
		const options = { ...place(), leaseMs: 3000, partitions: 3, ...more };
		const started = await ClusterNode.start(node, options);
		nodes.push(started);
		return started;
	};

	test("a database without a cluster says so", async () => {
		const none = "no node of a cluster has used the database yet";
		expect(await clusterView(database).catch(messageOf)).toBe(none);
		expect(await drain(database, "a", true).catch(messageOf)).toBe(none);
		expect(await forget(database, "a").catch(messageOf)).toBe(none);
	});

	test("are listed with what they own and since when", async () => {
		await makeTables();
		const a = await start("a");
		await until(() => a.working.size === 4, "a to have all");
		const view = await clusterView(database);
		expect(view.name).toBe("test");
		expect(view.nodes).toEqual([
			{
				...{ name: "a", process: "machine of a", version: "1.0.0", partitions: 4 },
				...{ seenSeconds: expect.any(Number), brokerSeconds: expect.any(Number) },
				...{ isAlive: true, isDraining: false, url: "http://a.lab:9992", figures: null },
			},
		]);
		expect(view.partitions.map(({ id }) => id)).toEqual([-1, 0, 1, 2]);
		expect(view.partitions[0]).toEqual({
			...{ id: -1, owner: "a", token: 1, isExpired: false },
			sinceSeconds: expect.any(Number),
		});
		for (const { seenSeconds } of view.nodes) expect(seenSeconds).toBeWithin(0, 60);
	});

	test("have the figures they told last; those of another version are left out", async () => {
		await makeTables();
		await start("a", { figures: FIGURES });
		await start("b", { figures: { ...FIGURES, graphs: 3 } });
		const figures = async () => (await clusterView(database)).nodes.map((node) => node.figures);
		expect(await figures()).toEqual([FIGURES, { ...FIGURES, graphs: 3 }]);
		for (const other of ['{"graphs": "three"}', "[]", "7"]) {
			await postgres.server.ask(
				`INSERT INTO cluster_nodes
				(name, run, place, process, version, url, seen, until, figures)
				VALUES ('c', '', '', '', '2.0.0', '', now(), now(), '${other}')
				ON CONFLICT (name) DO UPDATE SET figures = excluded.figures`,
				name,
			);
			expect((await figures())[2]).toBeNull();
		}
	});

	test("one that is drained gives everything away, until it is told otherwise or starts again", async () => {
		await makeTables();
		const a = await start("a");
		const b = await start("b", { place: "of b" });
		await until(() => b.working.size === 2, "b to have its share");
		await drain(database, "b", true);
		await until(() => a.working.size === 4, "a to have all");
		expect(b.working.size).toBe(0);
		expect((await clusterView(database)).nodes[1]).toMatchObject({ name: "b", isDraining: true });
		await drain(database, "b", false);
		await until(() => b.working.size === 2, "b to have its share again");
		await drain(database, "b", true);
		await until(() => a.working.size === 4, "a to have all again");
		b.kill();
		const again = await start("b", { place: "of b" });
		await until(() => again.working.size === 2, "b to have its share after a start");
	});

	test("one whose machine is gone can be removed from the list, one that is alive cannot", async () => {
		await makeTables();
		await start("a");
		const b = await start("b");
		const said = () => forget(database, "b").catch(messageOf);
		expect(await said()).toBe('the node "b" of the cluster is alive: stop it, then it is gone');
		b.kill();
		await until(async () => (await said()) === undefined, "its time to be over");
		expect((await clusterView(database)).nodes.map(({ name }) => name)).toEqual(["a"]);
		expect(await said()).toBe('there is no node "b" in the cluster; its nodes are a');
	});

	test("one that no one knows is named with those that are", async () => {
		await makeTables();
		expect(await drain(database, "x", true).catch(messageOf)).toBe(
			'there is no node "x" in the cluster; its nodes are none',
		);
		await start("a");
		expect(await drain(database, "x", true).catch(messageOf)).toBe(
			'there is no node "x" in the cluster; its nodes are a',
		);
	});
});
