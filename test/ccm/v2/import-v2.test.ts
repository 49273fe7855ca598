import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NO_PASSWORD } from "../../../src/auth/mod.ts";
import type { CcmTables } from "../../../src/ccm/store/port.ts";
import { importV2 } from "../../../src/ccm/v2/import-v2.ts";
import { readV2 } from "../../../src/ccm/v2/v2-tables.ts";
import { ForeignFile } from "../../../src/store/foreign-file.ts";
import { makeV2Database, V2_DEVICE } from "../../support/v2-database.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { Office, TEACHER } from "../support/office.ts";

const NOW = Date.parse("2026-02-03T04:05:06Z");

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-v2-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

let counter = 0;
function dataOf(...more: string[]) {
	counter += 1;
	const path = join(folder, `${counter}.db`);
	makeV2Database(path, more);
	const file = ForeignFile.open(path);
	try {
		return readV2(file);
	} finally {
		file.close();
	}
}

/** Imports into a store. @param more Statements that change the file first. */
const bring = (store: MemoryStore, ...more: string[]) => importV2(store, dataOf(...more), NOW);
const inside = <T>(store: MemoryStore, work: (tables: CcmTables) => Promise<T>) => store.read(work);

describe("the original's database", () => {
	test("brings people without passwords, who may not log in yet", async () => {
		const store = new MemoryStore();
		const { added, left } = await bring(store);
		expect(added.people).toBe(3);
		const people = await inside(store, (tables) => tables.people.list());
		expect(people).toMatchObject([
			{ name: "ann", role: "teacher", isActive: false, hash: NO_PASSWORD, createdAt: NOW / 1000 },
			{ name: "bob", role: "teacher", isActive: false },
			{ name: "root", role: "admin", createdAt: Date.parse("2026-01-02T03:04:05.678Z") / 1000 },
		]);
		expect(left).toContain('account "a/b" (4): the name "a/b" has one of the characters / + # :');
		expect(left).toContain('account "gone" (5): the account was deleted');
		expect(left.filter((line) => line.startsWith("project"))).toEqual([
			'project "lost" of a/b: the name "a/b" has one of the characters / + # :',
		]);
	});

	test("brings functions: one of the system, one for each person who wrote a version", async () => {
		const store = new MemoryStore();
		await bring(store);
		const functions = await inside(store, (tables) => tables.functions.list());
		const ann = (await inside(store, ({ people }) => people.byName("ann")))?.id ?? 0;
		expect(functions.map(({ fn_name, u_id, is_protect }) => [fn_name, u_id, is_protect])).toEqual([
			["pick", null, true],
			["ten", null, false],
			["ten", ann, false],
		]);
		expect(functions[2]?.versions).toMatchObject([
			{ u_id: null, code: "def run(*args):\n    return 1\n" },
			{ u_id: ann, code: "def run(*args):\n    return 10\n", date: "2026-01-02T00:00:00.000Z" },
		]);
		const offers = await inside(store, (tables) => tables.favourites.list());
		expect(offers).toMatchObject([
			{ u_id: null, df_id: null },
			{ u_id: ann, df_id: 1, fn_id: functions[2]?.fn_id },
		]);
	});

	test("brings features and models with their values, units and tags", async () => {
		const store = new MemoryStore();
		await bring(store);
		const [[light], [sensor, display]] = await inside(store, async ({ features, models }) => [
			await features.list({ df_name: "Light-I" }),
			await models.list(),
		]);
		expect(light).toMatchObject({
			...{ df_type: "input", comment: "how bright", u_id: null },
			params: [
				{ param_type: "float", max: 100, unit_id: 2 },
				{ param_type: "int", idf_type: "variant" },
			],
		});
		expect(sensor).toMatchObject({
			dm_name: "V2Sensor",
			members: [
				{ tag_ids: [1], params: [{ max: 50, normalization: true }, { param_type: "int" }] },
			],
		});
		expect(display).toMatchObject({ plural: true, device_only: false });
	});

	test("brings projects with joins, their functions and order of inputs, and bound devices", async () => {
		const store = new MemoryStore();
		const { added, left } = await bring(store);
		expect(added).toMatchObject({ projects: 2, devices: 1 });
		const [[light], functions] = await inside(store, async (tables) => [
			await tables.projects.list({ p_name: "light" }),
			await tables.functions.list(),
		]);
		const [desk, second, display] = light?.blocks ?? [];
		expect(light).toMatchObject({ status: "on", sim: "off", rev: 0 });
		expect(desk?.bindings).toEqual([{ seat: 0, mac_addr: V2_DEVICE }]);
		expect([second?.bindings, display?.bindings]).toEqual([[], []]);
		expect(desk?.ports).toMatchObject([{ alias_name: "Desk", tags: ["Geolocation"] }]);
		expect(display?.ports).toMatchObject([{ alias_name: "Show-O" }]);
		const [pick, , ten] = functions;
		expect(light?.joins).toMatchObject([
			{
				...{ na_name: "Join 1", fn_id: pick?.fn_id },
				links: [
					{ dfo_id: second?.ports[0]?.dfo_id, params: [{ fn_id: null }, { fn_id: null }] },
					{ dfo_id: desk?.ports[0]?.dfo_id, params: [{ fn_id: ten?.fn_id, max: 5 }, {}] },
					{ dfo_id: display?.ports[0]?.dfo_id, params: [{ normalization: true }] },
				],
			},
		]);
		expect(left).toContain('device "Sim-1" of project "light" of ann: it is a simulated one');
	});

	test("adds nothing a second time", async () => {
		const store = new MemoryStore();
		const first = await bring(store);
		const before = await inside(store, (tables) => tables.projects.list());
		const second = await bring(store);
		expect(second.there).toEqual(first.added);
		expect(Object.values(second.added).every((number) => number === 0)).toBe(true);
		expect(await inside(store, (tables) => tables.projects.list())).toEqual(before);
	});

	test("leaves what is here as it is, and joins people of the same name", async () => {
		const office = await Office.open();
		const update = "UPDATE Function SET fn_name = 'average' WHERE fn_id = 1";
		const { added, there, left } = await bring(office.store, update);
		expect([added.people, there.people]).toEqual([0, 3]);
		expect(left).toContain(
			'function "average": there is one of this name here with other code, which stays',
		);
		const { data } = await office.ok(TEACHER, "GET", "/project");
		expect(data).toMatchObject([{ p_name: "light" }]);
	});
});

describe("what does not fit together", () => {
	test.each([
		[
			"UPDATE DeviceObject SET dm_id = 99 WHERE do_id = 2",
			'device object 2 of project "light" of ann: its model 99 is not in the file',
			true,
		],
		[
			"UPDATE DFObject SET df_id = 1 WHERE dfo_id = 3",
			'join "Join 1" of project "light" of ann: it does not link an input with an output',
			false,
		],
		[
			"UPDATE FunctionVersion SET u_id = 3 WHERE fn_id = 1",
			'function pick of project "light" of ann: its owner has no version of it; the project is off',
			true,
		],
		[
			"UPDATE Device SET mac_addr = 'x' WHERE d_id = 1",
			'device "desk": its id "x" is not a UUID',
			true,
		],
		["UPDATE Project SET p_name = '' WHERE p_id = 1", 'project "" of ann: /project/p_name', false],
		[
			"UPDATE DeviceFeature SET df_type = 'both' WHERE df_id = 2",
			'feature "Show-O": its type is "both", with 1 values',
			false,
		],
		[
			"UPDATE Project SET u_id = 99 WHERE p_id = 1",
			"of account 99: there is no such account",
			false,
		],
	])("is left out with the reason: %s", async (statement, reason, isRunning) => {
		const store = new MemoryStore();
		const { left } = await bring(store, statement);
		expect(left.join("\n")).toContain(reason);
		const [light] = await inside(store, ({ projects }) => projects.list({ p_name: "light" }));
		const joins = light?.joins.length ?? 0;
		expect(joins > 0).toBe(isRunning);
		// The others are there anyway.
		expect(await inside(store, ({ projects }) => projects.heads({ p_name: "empty" }))).toHaveLength(
			1,
		);
	});

	test("in the file itself is said in one sentence", () => {
		expect(() => dataOf('DROP TABLE "Project"')).toThrow(
			"it is not the database of an IoTtalk v2 project manager: table Project is missing",
		);
		expect(() => dataOf('ALTER TABLE "Tag" DROP COLUMN param_no')).toThrow(
			"its table Tag has no column param_no",
		);
		expect(() => dataOf("UPDATE Project SET p_name = 7.5 || x'00' WHERE p_id = 1")).not.toThrow();
		expect(() => dataOf("UPDATE Project SET u_id = 'x' WHERE p_id = 1")).toThrow(
			"table Project, p_id 1: u_id: Expected integer",
		);
	});
});
