// Databases of earlier project managers.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CCM_SCHEMA } from "../../../src/ccm/store/schema.ts";
import { STORE_SCHEMA } from "../../../src/store/schema.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";
import { recordedLog } from "../../support/log.ts";
import { oldDatabase } from "../../support/old-database.ts";
import * as documents from "../support/documents.ts";

let userdir: string;
const path = () => join(userdir, "test.db");
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-ccm-versions-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

const PARAM = {
	...{ param_type: "int", idf_type: "sample", fn_id: 1, min: 0, max: 1 },
	...{ normalization: false, unit_id: 1 },
} as const;
const MEMBER = { mf_id: 1, df_id: 1, params: [PARAM], tag_ids: [1] };
const PORT = documents.port({ dfo_id: 1, df_name: "A-I" });
const PROJECT = documents.project(
	[documents.block(1, 7, [PORT])],
	[documents.join(1, [documents.link(1)], 1)],
	{ p_id: 3, u_id: 1 },
);
const STEP = [{ kind: "set_status", status: "off" }];

const json = (value: unknown) => `'${JSON.stringify(value)}'`;

/** A row for each table that a version has. */
function rowsOf(version: number): string[] {
	const { blocks, joins } = PROJECT;
	return [
		"INSERT INTO ccm_state VALUES ('last p', '3')",
		"INSERT INTO ccm_unit VALUES (1, 'u')",
		"INSERT INTO ccm_tag VALUES (1, 't', 2)",
		`INSERT INTO ccm_feature VALUES (1, 'A-I', 'input', 'None', '', NULL, ${json([PARAM])})`,
		`INSERT INTO ccm_model VALUES (1, 'Model', 0, 1, 1, ${json([MEMBER])})`,
		"INSERT INTO ccm_function (fn_id, fn_name, is_protect, u_id) VALUES (1, 'f', 0, 1)",
		"INSERT INTO ccm_function_version VALUES (1, 1, 0, 1, '2026-01-01T00:00:00.000Z', 'code')",
		"INSERT INTO ccm_favourite VALUES (1, 1, 1, NULL)",
		`INSERT INTO ccm_device VALUES (1, '${documents.uuid(7)}', 'd', 'online', 1, 'Model', 0, 2.5, 's', 'w')`,
		`INSERT INTO ccm_project VALUES (3, 'plan', 1, 0, 'on', 'off', ${json(blocks)}, ${json(joins)})`,
		"INSERT INTO ccm_mention VALUES (3, 'na', '1')",
		"INSERT INTO ccm_project_member VALUES (3, 2, 'edit')",
		version < 2
			? `INSERT INTO ccm_change VALUES (1, 3, 1, 1, ${json(STEP)})`
			: `INSERT INTO ccm_change VALUES (1, 3, 1, 1, ${json(STEP)}, '[]', 1)`,
		version < 3
			? "INSERT INTO ccm_graph VALUES ('1')"
			: "INSERT INTO ccm_graph VALUES ('1', '[\"l\"]', 's')",
		...(version < 4
			? []
			: ["INSERT INTO ccm_audit VALUES (1, 'now', 1, 'ann', 'rest', 'o', 3, '{\"a\":1}')"]),
		...(version < 5 ? [] : [`UPDATE ccm_function SET pinned = ${json([PINNED])}`]),
	];
}

const PINNED = { stage: "idf", sample: [1], expected: 2 } as const;

test.each([1, 2, 3, 4, 5])("ccm %i opens with its data, and a second time", async (version) => {
	const versions = [
		[STORE_SCHEMA, 5],
		[CCM_SCHEMA, version],
	] as const;
	oldDatabase(path(), versions, rowsOf(version));
	for (let start = 0; start < 2; start++) {
		const { log, lines } = recordedLog("ccm");
		const { store, ccm } = openCcmDatabase(userdir, log);
		await ccm.read(async (tables) => {
			expect(await tables.units.list()).toEqual([{ unit_id: 1, unit_name: "u" }]);
			expect(await tables.tags.list()).toMatchObject([{ tag_name: "t", param_no: 2 }]);
			expect(await tables.features.list()).toMatchObject([{ df_name: "A-I", params: [PARAM] }]);
			expect(await tables.models.list()).toMatchObject([{ device_only: true, members: [MEMBER] }]);
			expect(await tables.functions.list()).toMatchObject([
				{ fn_name: "f", versions: [{ code: "code" }] },
			]);
			expect(await tables.favourites.list()).toEqual([{ fn_id: 1, df_id: 1, u_id: null }]);
			expect(await tables.devices.list()).toMatchObject([
				{ mac_addr: documents.uuid(7), status: "online", register_time: 2.5 },
			]);
			expect(await tables.projects.list()).toEqual([PROJECT]);
			expect(await tables.projects.mentioning({ kind: "na", ref: 1 })).toEqual([3]);
			expect(await tables.members.list()).toEqual([{ p_id: 3, u_id: 2, may: "edit" }]);
			// Steps from before cannot tell whether something was changed after them.
			expect(await tables.undo.list()).toMatchObject(
				version < 2 ? [] : [{ rev: 1, inverse: STEP, redo: [], is_undone: true }],
			);
			expect(await tables.graphs.list()).toEqual([
				version < 3
					? { graph: "1", links: [], settled: "" }
					: { graph: "1", links: ["l"], settled: "s" },
			]);
			expect(await tables.audit.list({}, 10)).toMatchObject(
				version < 4 ? [] : [{ seq: 1, u_name: "ann", details: { a: 1 } }],
			);
			const [fn] = await tables.functions.list();
			expect(fn?.pinned).toEqual(version < 5 ? [] : [PINNED]);
			expect(await tables.invitations.list()).toEqual([]);
		});
		expect(lines.filter((line) => line.includes("ccm_"))).toEqual([]);
		// Ids go on.
		expect(await ccm.write(async ({ newId }) => newId("p"))).toBe(4 + start);
		await store.close();
	}
	const db = new Database(path());
	const found = db.query("SELECT version FROM schema_versions WHERE module = 'ccm'").get();
	expect(found).toEqual({ version: CCM_SCHEMA.migrations.length });
	db.close();
});
