// Databases of programs that keep a version for each module; single-history has those from before.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { STORE_SCHEMA } from "../../src/store/schema.ts";
import { noBadRow, openCsmStore } from "../support/csm-store.ts";
import { oldDatabase } from "../support/old-database.ts";

let userdir: string;
const path = () => join(userdir, "test.db");
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-versions-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

/** Of version 6 of csm. */
const CSM_ROWS = [
	"INSERT INTO devices (da_id, rev, name, accept_protos, profile, register_time, away_seconds, online, secret_hash, origin, token_hash) VALUES ('d', 'r', 'n', '[\"mqtt\"]', '{}', 1, 2.5, 1, 's', 'o', 't')",
	"INSERT INTO functions VALUES ('f', 'code', 1, 5)",
	"INSERT INTO graphs (client, graph, join_func, join_depends, monitor_topic, monitoring, join_asked) VALUES ('c', 'g', 'f', '{}', 'm', 1, '\"q\"')",
	"INSERT INTO topics VALUES ('d', 'idf', 'x', 't')",
	"INSERT INTO links (client, graph, da_id, mode, feature, depends, tag_param_no, error) VALUES ('c', 'g', 'd', 'idf', 'x', '{}', 0, 'SyntaxError')",
	"INSERT INTO device_api_clients VALUES ('gui')",
];
/** Of the store itself, by version. */
const STORE_ROWS: Readonly<Record<number, readonly string[]>> = {
	4: ["INSERT INTO users VALUES ('ann', 'h', 1)"],
	5: [
		"INSERT INTO users (id, name, hash, role, email, is_active, created_at) VALUES (7, 'ann', 'h', 'teacher', 'a@b', 0, 1)",
		"INSERT INTO registration_codes VALUES ('c', 3, 9e9, 1)",
		"INSERT INTO service_secrets VALUES ('ccm', 's', 1)",
	],
};
const ALWAYS = [
	"INSERT INTO retained VALUES ('r/t', x'61', 1)",
	"INSERT INTO tokens VALUES ('phones', 't', 1, NULL)",
	"INSERT INTO mqtt_sessions VALUES ('s', 'local', 1, '[]', '[]')",
	"INSERT INTO mqtt_messages VALUES (4, 's', 't', x'62', 1, 0, NULL)",
];

test.each([4, 5])("store %i with csm 6 opens with its data, and a second time", async (version) => {
	const versions = [
		[STORE_SCHEMA, version],
		[CSM_SCHEMA, 6],
	] as const;
	const rows = [...ALWAYS, ...(STORE_ROWS[version] ?? []), ...CSM_ROWS];
	oldDatabase(path(), versions, rows);
	for (let start = 0; start < 2; start++) {
		const { store, csm } = openCsmStore(userdir);
		const device = { id: "d", awaySeconds: 2.5, isOnline: true, secretHash: "s", origin: "o" };
		expect(await csm.rows.devices.all(noBadRow)).toMatchObject([{ ...device, token: "t" }]);
		expect(await csm.rows.functions.list()).toMatchObject([{ digest: "f", listed: true }]);
		expect(await csm.rows.graphs.all(noBadRow)).toMatchObject([
			{
				...{ client: "c", graph: "g", join: { digest: "f" } },
				monitor: { topic: "m", on: true, intervalMs: 0 },
			},
		]);
		expect(await csm.rows.links.all(noBadRow)).toMatchObject([
			{ topic: "t", link: { error: "SyntaxError" } },
		]);
		expect(await csm.rows.deviceApiClients.all()).toEqual(["gui"]);
		const people = await store.accounts.people.list();
		const ann = { name: "ann", hash: "h", createdAt: 1, sub: null };
		expect(people).toEqual([
			version === 4
				? { ...ann, id: 1, role: "admin", email: null, isActive: true }
				: { ...ann, id: 7, role: "teacher", email: "a@b", isActive: false },
		]);
		expect(await store.accounts.people.codes(2)).toHaveLength(version === 4 ? 0 : 1);
		expect(await store.accounts.secrets.services()).toHaveLength(version === 4 ? 0 : 1);
		expect(await store.accounts.secrets.tokens()).toMatchObject([{ name: "phones", hash: "t" }]);
		await store.close();
	}
	const db = new Database(path());
	for (const table of ["retained", "mqtt_sessions", "mqtt_messages"]) {
		expect(db.query(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 1 });
	}
	expect(db.query("SELECT module, version FROM schema_versions ORDER BY module").all()).toEqual([
		{ module: "csm", version: CSM_SCHEMA.migrations.length },
		{ module: "store", version: STORE_SCHEMA.migrations.length },
	]);
	db.close();
});
