// Nodes of a cluster that are upgraded one after the other: programs of three versions, which differ in their migrations.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_SCHEMA } from "../../../src/cluster/schema.ts";
import { messageOf } from "../../../src/kit/errors.ts";
import type { Columns } from "../../../src/store/columns.ts";
import type { Migration, ModuleSchema } from "../../../src/store/module-schema.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { StorePort } from "../../../src/store/port.ts";
import { checkStart } from "../../../src/store/postgres/check-start.ts";
import { oldestFor, whyTooNew } from "../../../src/store/postgres/side-by-side.ts";
import { ClusterNode } from "../../support/cluster-node.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

const INIT: Migration = { name: "init", sql: "" };
/** Expand: the next version has a lamp's brightness instead, and leaves the old column its default. */
const BRIGHT: Migration = {
	...{ name: "bright", sql: "" },
	postgres: "ALTER TABLE lamps ADD COLUMN bright DOUBLE PRECISION NOT NULL DEFAULT 1",
};
/** Contract: the one after that removes what only the first one knows. */
const NOT_LIT: Migration = {
	...{ name: "not_lit", sql: "", needs: 2 },
	postgres: "ALTER TABLE lamps DROP COLUMN lit",
};

const litLamps = ({ table, text, integer }: Columns) => ({
	lamps: table("lamps", { name: text("name").primaryKey(), lit: integer("lit").notNull() }),
});
const brightLamps = ({ table, text, real }: Columns) => ({
	lamps: table("lamps", { name: text("name").primaryKey(), bright: real("bright").notNull() }),
});

const version = (
	migrations: readonly Migration[],
	tables: NonNullable<ModuleSchema["tables"]>,
): ModuleSchema => ({
	module: "lamps",
	migrations,
	postgres: {
		sql: 'CREATE TABLE lamps (name TEXT COLLATE "C" PRIMARY KEY, lit BIGINT NOT NULL DEFAULT 0)',
		steps: 1,
	},
	tables,
});
const FIRST = version([INIT], litLamps);
const NEXT = version([INIT, BRIGHT], brightLamps);
const LAST = version([INIT, BRIGHT, NOT_LIT], brightLamps);

test("a migration that takes something away says which programs go on", () => {
	expect([FIRST, NEXT, LAST].map(oldestFor)).toEqual([1, 1, 2]);
	expect(whyTooNew(FIRST, { version: 2, oldest: 1 }, true)).toBeUndefined();
	expect(whyTooNew(FIRST, { version: 2, oldest: 1 }, false)).toContain("schema 2 of lamps");
	expect(whyTooNew(FIRST, { version: 2, oldest: null }, true)).toContain("schema 2 of lamps");
	expect(whyTooNew(NEXT, { version: 3, oldest: 2 }, true)).toBeUndefined();
});

describe.skipIf(!hasPostgres())("nodes of several versions", () => {
	const postgres = postgresForAll();
	let folders: string[];
	let name: string;
	const open: StorePort[] = [];
	const nodes: ClusterNode[] = [];
	beforeEach(async () => {
		folders = [];
		name = await postgres.server.database();
	});
	afterEach(async () => {
		await Promise.all(nodes.splice(0).map((node) => node.stop()));
		for (const store of open.splice(0)) await store.close();
		for (const folder of folders) rmSync(folder, { recursive: true });
	});

	/** What a node of a version has of the database. */
	async function node(schema: ModuleSchema): Promise<{ store: StorePort; run: string }> {
		const userdir = mkdtempSync(join(tmpdir(), "iotctl-side-"));
		folders.push(userdir);
		const run = crypto.randomUUID();
		const store = await openStore(
			{
				...{ userdir, url: postgres.server.url(name) },
				postgres: {
					...{ passwordFile: "", listenUrl: "", mayBeNewer: true },
					node: { cluster: "test", run },
				},
			},
			quietLog,
			[CLUSTER_SCHEMA, schema],
		);
		open.push(store);
		return { store, run };
	}

	const refused = async (schema: ModuleSchema) =>
		(await node(schema).then(() => "started", messageOf)).replace(/^[^:]*"[^"]*": /, "");
	/** What `iotctl check` of a version says of a start. */
	const foreseen = async (schema: ModuleSchema) => {
		const at = { userdir: folders[0] ?? "", url: postgres.server.url(name) };
		const options = { ...at, postgres: { passwordFile: "", listenUrl: "", mayBeNewer: true } };
		const said = await checkStart(options, [CLUSTER_SCHEMA, schema], "test").then(
			() => "would start",
			messageOf,
		);
		return said.replace(/^[^:]*"[^"]*": /, "");
	};
	const lightFirst = ({ store }: { store: StorePort }, name: string) =>
		store.write((db) => db.insert(litLamps(store.columns).lamps).values({ name, lit: 1 }));
	const lightNext = ({ store }: { store: StorePort }, name: string) =>
		store.write((db) => db.insert(brightLamps(store.columns).lamps).values({ name, bright: 0.5 }));
	const stored = () => postgres.server.ask("SELECT * FROM lamps ORDER BY name", name);

	test("work side by side while migrations only add, and an old one starts again", async () => {
		const old = await node(FIRST);
		await lightFirst(old, "a");
		const next = await node(NEXT);
		await lightFirst(old, "b");
		await lightNext(next, "c");
		expect(await stored()).toEqual([
			{ name: "a", lit: "1", bright: 1 },
			{ name: "b", lit: "1", bright: 1 },
			{ name: "c", lit: "0", bright: 0.5 },
		]);
		const again = await node(FIRST);
		await lightFirst(again, "d");
		// What the old one does at a start leaves the version as it is.
		expect(
			await postgres.server.ask("SELECT * FROM schema_versions WHERE module = 'lamps'", name),
		).toEqual([{ module: "lamps", version: "2", oldest: "1" }]);
	});

	test("what old nodes need is removed when none is alive; then an old one is refused in one line", async () => {
		const old = await node(FIRST);
		const alive = await ClusterNode.start("a", {
			...{ userdir: folders[0] ?? "", url: postgres.server.url(name) },
			...{ leaseMs: 2000, partitions: 3, run: old.run },
		});
		nodes.push(alive);
		const inUse =
			'the node "a" of the cluster runs version 1.0.0, which needs what this version removes (of lamps): first upgrade all nodes to the version before this one, or stop it';
		expect(await foreseen(LAST)).toBe(inUse);
		expect(await refused(LAST)).toBe(inUse);
		expect(await foreseen(FIRST)).toBe("would start");
		await lightFirst(old, "a");
		await alive.stop();
		nodes.length = 0;
		expect(await foreseen(LAST)).toContain("an older version of iotctl wrote it");
		const next = await node(NEXT);
		const last = await node(LAST);
		for (const [lamp, by] of [
			["b", next] as const,
			["c", last] as const,
			["d", await node(NEXT)] as const,
		]) {
			await lightNext(by, lamp);
		}
		expect(await stored()).toEqual([
			{ name: "a", bright: 1 },
			{ name: "b", bright: 0.5 },
			{ name: "c", bright: 0.5 },
			{ name: "d", bright: 0.5 },
		]);
		const tooOld =
			"a newer version of iotctl wrote it, which has removed what this one needs (schema 3 of lamps, for programs that know 2; this one knows 1); upgrade this node";
		expect(await refused(FIRST)).toBe(tooOld);
		expect(await foreseen(FIRST)).toBe(tooOld);
	});
});
