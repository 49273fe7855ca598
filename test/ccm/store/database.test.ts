import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseStore } from "../../../src/ccm/store/database.ts";
import type { Param } from "../../../src/ccm/store/port.ts";
import type { Store } from "../../../src/store/store.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";
import { recordedLog } from "../../support/log.ts";
import * as documents from "../support/documents.ts";

let folder: string;
let store: Store;
let ccm: DatabaseStore;
let lines: string[];
function open(): void {
	const recorded = recordedLog("ccm");
	lines = recorded.lines;
	({ store, ccm } = openCcmDatabase(folder, recorded.log));
}
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-store-"));
	open();
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

async function restart(between: () => void = () => {}): Promise<void> {
	await store.close();
	between();
	open();
}

/** Other programs' changes, behind the repositories' back. */
function spoil(...statements: string[]): void {
	const db = new Database(store.path);
	for (const statement of statements) db.run(statement);
	db.close();
}

const PARAM: Param = {
	...{ param_type: "int", idf_type: "sample", fn_id: null, min: 0, max: 1 },
	...{ normalization: false, unit_id: 1 },
};
const feature = (df_id: number) => ({
	...{ df_id, df_name: `f${df_id}`, df_type: "input" as const, df_category: "None" },
	...{ comment: "", u_id: null, params: [PARAM] },
});
const project = (p_id: number) =>
	documents.project(
		[documents.block(p_id * 10, 1, [documents.port({ dfo_id: p_id * 100, df_name: "A-I" })])],
		[documents.join(p_id, [documents.link(p_id * 100)])],
		{ p_id, p_name: `p${p_id}` },
	);
const ids = (n: number) =>
	ccm.write(async ({ newId }) => Array.from({ length: n }, () => newId("na")));

describe("a restart", () => {
	test("brings everything back and gives no id again", async () => {
		expect(await ids(3)).toEqual([1, 2, 3]);
		await ccm.write(async ({ projects, features, graphs, undo }) => {
			await projects.put(project(1));
			await features.put(feature(1));
			await graphs.put({ graph: "1", links: [], settled: "" });
			await undo.add({
				p_id: 1,
				u_id: 1,
				rev: 1,
				inverse: [{ kind: "set_status", status: "off" }],
				redo: [],
				is_undone: false,
			});
		});
		await restart();
		await ccm.read(async ({ projects, features, graphs, undo }) => {
			expect(await projects.list()).toEqual([project(1)]);
			expect(await features.list()).toEqual([feature(1)]);
			expect(await graphs.list()).toEqual([{ graph: "1", links: [], settled: "" }]);
			expect(await undo.list()).toHaveLength(1);
		});
		await ccm.write(({ projects }) => projects.remove(1));
		await restart();
		expect(await ids(1)).toEqual([4]);
	});
});

describe("the catalog in memory", () => {
	const names = () => ccm.read(async ({ features }) => (await features.list()).map((f) => f.df_id));

	test("is what was committed, whatever failed in between", async () => {
		await ccm.write(({ features }) => features.put(feature(1)));
		expect(await names()).toEqual([1]);
		const outcomes = await Promise.allSettled([
			ccm.write(({ features }) => features.put(feature(2))),
			ccm.write(async ({ features }) => {
				await features.put(feature(3));
				await features.remove(1);
				throw new Error("no");
			}),
			ccm.write(async ({ features }) => {
				expect((await features.list()).map(({ df_id }) => df_id)).toEqual([1, 2]);
				await features.put(feature(4));
			}),
		]);
		expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
		expect(await names()).toEqual([1, 2, 4]);
		await restart();
		expect(await names()).toEqual([1, 2, 4]);
	});

	test("keeps puts of one unit of work that do not wait for one another", async () => {
		await ccm.write(async ({ features }) => {
			await Promise.all([1, 2, 3].map((id) => features.put(feature(id))));
		});
		expect(await names()).toEqual([1, 2, 3]);
	});
});

describe("a row that cannot be read", () => {
	test("is named with its table and id, and all others are served", async () => {
		await ccm.write(async ({ projects, features }) => {
			for (const id of [1, 2]) await projects.put(project(id));
			for (const id of [1, 2]) await features.put(feature(id));
		});
		await restart(() =>
			spoil(
				"UPDATE ccm_project SET joins = '[{]' WHERE p_id = 1",
				"UPDATE ccm_feature SET params = '[{}]' WHERE df_id = 2",
			),
		);
		await ccm.read(async ({ projects, features }) => {
			expect((await projects.list()).map(({ p_id }) => p_id)).toEqual([2]);
			expect((await projects.heads()).map(({ p_id }) => p_id)).toEqual([1, 2]);
			expect((await features.list()).map(({ df_id }) => df_id)).toEqual([1]);
			expect(await projects.get(2)).toEqual(project(2));
			await expect(projects.get(1)).rejects.toThrow(
				"Stored row ccm_project p_id 1: joins is not JSON",
			);
		});
		const said = lines.map((line) => JSON.parse(line));
		expect(said.map(({ row }) => row)).toEqual(["ccm_project p_id 1", "ccm_feature df_id 2"]);
		expect(said[1].reason).toContain("ccm_feature df_id 2: params/0/");
		// Put again, it takes the place of the row that could not be read.
		await ccm.write(({ projects }) => projects.put(project(1)));
		expect(await ccm.read(({ projects }) => projects.list())).toHaveLength(2);
	});

	test("breaks a rule of its table, and the file is not set aside for it", async () => {
		const device = (d_id: number) => ({
			...{ d_id, mac_addr: documents.uuid(d_id), d_name: "d", status: "online" as const },
			...{ u_id: null, dm_name: "M", is_sim: false, register_time: 1 },
			...{ extra_setup_webpage: "", device_webpage: "" },
		});
		await ccm.write(async ({ projects, features, devices, members }) => {
			for (const id of [1, 2]) await projects.put(project(id));
			for (const id of [1, 2]) await features.put(feature(id));
			for (const id of [1, 2]) await devices.put(device(id));
			for (const id of [1, 2]) await members.add({ p_id: id, u_id: 5, may: "edit" });
		});
		await restart(() =>
			spoil(
				"PRAGMA ignore_check_constraints = ON",
				"UPDATE ccm_project SET status = '{' WHERE p_id = 1",
				"UPDATE ccm_feature SET df_type = 'x' WHERE df_id = 1",
				"UPDATE ccm_device SET status = '{' WHERE d_id = 1",
				"UPDATE ccm_project_member SET may = 'x' WHERE p_id = 1",
			),
		);
		expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([]);
		await ccm.read(async ({ projects, features, devices, members }) => {
			expect(await projects.list()).toEqual([project(2)]);
			// Whose it is and what it is called can be read.
			expect(await projects.heads()).toMatchObject([
				{ p_id: 1, p_name: "p1", status: "off" },
				{ p_id: 2, p_name: "p2" },
			]);
			expect(await features.list()).toEqual([feature(2)]);
			// Until CSM says how it is.
			expect(await devices.list()).toEqual([{ ...device(1), status: "offline" }, device(2)]);
			expect(await members.list()).toEqual([{ p_id: 2, u_id: 5, may: "edit" }]);
		});
		const said = lines.map((line) => JSON.parse(line));
		expect(said.map(({ reason }) => reason)).toEqual([
			"Stored row ccm_project p_id 1: status is none of on, off",
			"Stored row ccm_feature df_id 1: df_type is none of input, output",
			"Stored row ccm_project_member p_id 1, u_id 5: may is none of look, edit",
		]);
	});

	test("may be a last id", async () => {
		await ids(1);
		spoil("UPDATE ccm_state SET value = 'x' WHERE name = 'last na'");
		await expect(ids(1)).rejects.toThrow('Stored row ccm_state last na is not an id: "x"');
	});
});

describe("what belongs to a project", () => {
	test("goes with it", async () => {
		await ccm.write(async ({ projects, members, undo }) => {
			await projects.put(project(1));
			await members.add({ p_id: 1, u_id: 2, may: "edit" });
			await undo.add({ p_id: 1, u_id: 1, rev: 1, inverse: [], redo: [], is_undone: false });
			await projects.remove(1);
			expect([await members.list(), await undo.list()]).toEqual([[], []]);
			expect(await projects.mentioning({ kind: "na", ref: 1 })).toEqual([]);
		});
	});

	test("is not there without it", async () => {
		const alone = ccm.write(({ members }) => members.add({ p_id: 9, u_id: 2, may: "edit" }));
		await expect(alone).rejects.toThrow("FOREIGN KEY");
	});
});

test("a read gives no ids", async () => {
	await expect(ccm.read(async ({ newId }) => newId("p"))).rejects.toThrow(
		"A read asked for a new id (p)",
	);
});

test("thousands of parts of one project are indexed", async () => {
	const ports = Array.from({ length: 2500 }, (_, i) =>
		documents.port({ dfo_id: i + 1, df_name: "A-I" }),
	);
	const big = documents.project([documents.block(1, null, ports)], []);
	await ccm.write(({ projects }) => projects.put(big));
	expect(await ccm.read((tables) => tables.holderOf("dfo", 2500))).toBeDefined();
	await ccm.write(({ projects }) => projects.put({ ...big, blocks: [] }));
	const found = ccm.read(({ projects }) => projects.mentioning({ kind: "dfo", ref: 1 }));
	expect(await found).toEqual([]);
});
