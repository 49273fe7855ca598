import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initCcm, seedIfEmpty } from "../../../src/ccm/catalog/initdb.ts";
import type { DatabaseStore } from "../../../src/ccm/store/database.ts";
import type { Store } from "../../../src/store/store.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";
import { project } from "../support/documents.ts";

let folder: string;
let store: Store;
let ccm: DatabaseStore;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-seed-"));
	({ store, ccm } = openCcmDatabase(folder));
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

const NOW = Date.parse("2026-09-01T08:00:00Z");

test("the first start loads the default data, and no later one brings back what was removed", async () => {
	expect(await seedIfEmpty(ccm, NOW)).toMatchObject({ models: 36, features: 162, functions: 28 });
	const lamp = await ccm.read(async ({ models }) => (await models.list({ dm_name: "Lamp" }))[0]);
	expect(lamp).toBeDefined();
	await ccm.write(({ models }) => models.remove(lamp?.dm_id ?? 0));
	await store.close();
	({ store, ccm } = openCcmDatabase(folder));
	expect(await seedIfEmpty(ccm, NOW)).toBeUndefined();
	await ccm.read(async ({ models, functions }) => {
		expect(await models.list()).toHaveLength(35);
		const [sum] = await functions.list({ fn_name: "sum", u_id: null });
		expect(sum?.versions[0]?.date).toBe("2026-09-01T08:00:00.000Z");
	});
});

const counts = () =>
	ccm.read(async ({ models, features, functions, units }) => [
		(await models.list()).length,
		(await features.list()).length,
		(await functions.list()).length,
		(await units.list()).map(({ unit_name }) => unit_name),
	]);
const ALL = [36, 162, 28, ["None", "cm/s", "m/s", "km/s"]];

describe("initdb", () => {
	test("brings back what is missing of the default data, and changes nothing else", async () => {
		await initCcm(ccm, { reset: false, empty: false, now: NOW });
		expect(await counts()).toEqual(ALL);
		await ccm.write(async ({ models }) => {
			const [lamp] = await models.list({ dm_name: "Lamp" });
			await models.remove(lamp?.dm_id ?? 0);
		});
		const again = await initCcm(ccm, { reset: false, empty: false, now: NOW });
		expect(again).toEqual({ models: 1, features: 0, functions: 0 });
		expect(await counts()).toEqual(ALL);
	});

	test("leaves the default data out when asked to, and the first start does not load them then", async () => {
		await initCcm(ccm, { reset: false, empty: true, now: NOW });
		expect(await seedIfEmpty(ccm, NOW)).toBeUndefined();
		expect(await counts()).toEqual([0, 0, 0, ["None"]]);
	});

	test("removes everything but people, graphs at CSM and the last ids when asked to", async () => {
		await initCcm(ccm, { reset: false, empty: false, now: NOW });
		const na = await ccm.write(async (tables) => {
			const ann = { name: "ann", hash: "h", role: "teacher" as const, createdAt: 1 };
			const { id } = await tables.people.create(ann);
			await tables.projects.put(project([], [], { p_id: tables.newId("p"), u_id: id }));
			await tables.graphs.put({ graph: "1", links: [], settled: "" });
			return tables.newId("na");
		});
		await initCcm(ccm, { reset: true, empty: false, now: NOW });
		expect(await counts()).toEqual(ALL);
		await ccm.write(async (tables) => {
			expect(await tables.projects.heads()).toEqual([]);
			expect(await tables.graphs.list()).toEqual([{ graph: "1", links: [], settled: "" }]);
			expect(await tables.people.list()).toHaveLength(1);
			expect(await tables.units.get(1)).toMatchObject({ unit_name: "None" });
			expect(tables.newId("na")).toBe(na + 1);
		});
		await initCcm(ccm, { reset: true, empty: true, now: NOW });
		expect(await counts()).toEqual([0, 0, 0, ["None"]]);
	});

	test("loads a file as well, all of it or nothing of anything", async () => {
		const file = {
			Unit: [{ unit_name: "lx" }],
			DeviceFeature: [
				{ df_name: "光-I", df_type: "input", df_parameter: [{ param_type: "float", unit: "lx" }] },
			],
			DeviceModel: [{ dm_name: "光感", df_list: ["光-I", { df_name: "New-O", tags: ["ID"] }] }],
			FunctionSDF: [{ df_name: "New-O", fn_list: [{ fn_name: "sum" }] }],
		};
		const load = (file: unknown) => initCcm(ccm, { reset: false, empty: false, file, now: NOW });
		const wrong = { ...file, FunctionSDF: [{ df_name: "Gone-O", fn_list: [{ fn_name: "gone" }] }] };
		await expect(load(wrong)).rejects.toThrow(
			'it names what is not there: function "gone", feature "Gone-O"',
		);
		await expect(load({ ...file, Unit: [] })).rejects.toThrow('unit "lx"');
		await expect(load({ DeviceModel: [{ dm_name: "x", df_list: [] }] })).rejects.toThrow(
			"/DeviceModel/0/df_list is invalid",
		);
		const digit = { Function: [{ fn_name: "9x", code: "def run(): return 1" }] };
		await expect(load(digit)).rejects.toThrow(
			'/Function: the name "9x" should begin with a letter',
		);
		expect(await counts()).toEqual([0, 0, 0, []]);
		expect(await load(file)).toEqual({ models: 37, features: 164, functions: 28 });
		expect(await load(file)).toEqual({ models: 0, features: 0, functions: 0 });
	});
});
