import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Json } from "../../support/gateway.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

const CATALOG = "/api/v1/catalog";
/** More than is kept with a function. */
const LARGE = [{ stage: "join", sample: "x".repeat(70_000), expected: 1 }];
let count = 0;

const rowsOf = (thing: Json | undefined, key: string) => (thing?.[key] ?? []) as Json[];

/** A feature of a teacher's. */
async function newFeature(name: string): Promise<number> {
	const df_parameter = [{ param_type: "int" }];
	const feature = { df_name: name, df_type: "input", df_parameter };
	return Number((await ccm.json(TEACHER, "PUT", "/api/v0/devicefeature", feature)).body.df_id);
}

/** A model with two features, the first of which a block of the teacher's project shows. */
async function usedModel() {
	count += 1;
	const shown = await newFeature(`Shown${count}-I`);
	const other = await newFeature(`Other${count}-I`);
	const dm_name = `Used${count}`;
	const model = { dm_name, df_list: [{ df_id: shown }, { df_id: other }] };
	const dm_id = Number((await ccm.json(TEACHER, "PUT", "/api/v0/devicemodel", model)).body.dm_id);
	const p_name = `p${count}`;
	const p_id = Number((await ccm.json(TEACHER, "PUT", "/api/v0/project", { p_name })).body.p_id);
	const changes = [{ kind: "add_block", dm_id, df_ids: [shown] }];
	const body = { base_rev: 0, changes };
	expect((await ccm.json(TEACHER, "POST", `/api/v1/projects/${p_id}/changes`, body)).status).toBe(
		200,
	);
	return { shown, other, dm_name, dm_id, p_id, p_name };
}

const change = (person: typeof TEACHER | null, dmId: number | string, body: Json) =>
	ccm.json(person, "POST", `${CATALOG}/models/${dmId}`, body);

describe("GET /api/v1/catalog", () => {
	test("has everything in one answer, with owners, and for whom it may be changed", async () => {
		const { dm_id, dm_name, shown, other } = await usedModel();
		for (const [person, may_change] of [
			[TEACHER, true],
			[ADMIN, true],
			[OTHER, false],
			[STUDENT, false],
		] as const) {
			const { status, body } = await ccm.json(person, "GET", CATALOG);
			expect([status, body.state]).toEqual([200, "ok"]);
			const { models, features } = body as { models: Json[]; features: Json[] };
			const model = models.find((one) => one.dm_id === dm_id);
			expect(model).toMatchObject({ dm_name, may_change, used: 1, u_name: TEACHER.u_name });
			expect(rowsOf(model, "df_list").map(({ df_id }) => df_id)).toEqual([shown, other]);
			const feature = features.find((one) => one.df_id === other);
			expect(feature).toMatchObject({ may_change, models: 1, used: 0 });
			expect(feature?.df_parameter).toHaveLength(1);
		}
		const { body } = await ccm.json(ADMIN, "GET", CATALOG);
		expect(body.types).toEqual(["int", "float", "boolean", "void", "string", "json"]);
		expect((body.units as Json[])[0]).toEqual({ unit_id: 1, unit_name: "None" });
	});

	test("is for people", async () => {
		expect((await ccm.json(null, "GET", CATALOG)).status).toBe(401);
	});
});

describe("uses", () => {
	test("names projects that the one who asks may look at, and counts the others", async () => {
		const { dm_id, dm_name, shown, other, p_id, p_name } = await usedModel();
		const project = { p_id, p_name, u_name: TEACHER.u_name };
		const uses = async (person: typeof TEACHER, path: string) =>
			(await ccm.json(person, "GET", `${CATALOG}/${path}/uses`)).body;
		expect(await uses(TEACHER, `models/${dm_id}`)).toEqual({
			...{ state: "ok", models: [], projects: [project], others: 0 },
		});
		const models = [{ dm_id, dm_name }];
		expect(await uses(OTHER, `features/${shown}`)).toEqual({
			...{ state: "ok", models, projects: [], others: 1 },
		});
		expect(await uses(OTHER, `features/${other}`)).toMatchObject({ models, others: 0 });
	});

	test.each(["models/999999", "features/999999", "models/x", "features/-1"])(
		"of %s: there is none",
		async (path) => {
			const { status } = await ccm.json(TEACHER, "GET", `${CATALOG}/${path}/uses`);
			expect([400, 404]).toContain(status);
		},
	);
});

describe("POST /api/v1/catalog/models/{dm_id}", () => {
	test("changes a model in use as long as no block loses anything", async () => {
		const { dm_id, dm_name, shown, other } = await usedModel();
		const more = await newFeature(`More${count}-I`);
		const df_list = [
			{ df_id: shown, df_parameter: [{ param_i: 0, min: 1, max: 9 }] },
			{ df_id: more },
		];
		const done = await change(TEACHER, dm_id, { dm_name, df_list, plural: true });
		expect(done.status).toBe(200);
		const { body } = await ccm.json(TEACHER, "GET", `/api/v0/devicemodel/${dm_id}`);
		const model = body.data as { plural: boolean; df_list: Json[] };
		expect([model.plural, model.df_list.map(({ df_id }) => df_id)]).toEqual([true, [shown, more]]);
		expect(rowsOf(model.df_list[0], "df_parameter")[0]).toMatchObject({ min: 1, max: 9 });
		const without = await change(TEACHER, dm_id, { dm_name, df_list: [{ df_id: other }] });
		expect([without.status, without.body.reason]).toEqual([
			409,
			`Shown${count}-I is in use: projects have blocks that show it`,
		]);
		const renamed = await change(TEACHER, dm_id, { dm_name: "Renamed", df_list });
		expect(renamed.status).toBe(409);
	});

	test("does not change the tags of what a block shows", async () => {
		const { dm_id, dm_name, shown } = await usedModel();
		const tag = { tag_name: `tag${count}`, param_no: 1 };
		const { tag_id } = (await ccm.json(TEACHER, "PUT", "/api/v0/tag", tag)).body;
		const df_list = [{ df_id: shown, tags: [tag_id] }];
		expect((await change(TEACHER, dm_id, { dm_name, df_list })).status).toBe(409);
	});

	test("is for the owner and for administrators, and names what is wrong", async () => {
		const { dm_id, dm_name, shown } = await usedModel();
		const body = { dm_name, df_list: [{ df_id: shown }] };
		const statuses = [];
		for (const person of [null, STUDENT, OTHER, TEACHER, ADMIN]) {
			statuses.push((await change(person, dm_id, body)).status);
		}
		expect(statuses).toEqual([401, 403, 404, 200, 200]);
		expect((await change(TEACHER, 999_999, body)).status).toBe(404);
		expect((await change(TEACHER, dm_id, { dm_name })).body.reason).toContain("df_list");
		expect((await change(TEACHER, dm_id, { dm_name, df_list: [] })).status).toBe(400);
	});
});

describe("units and tags", () => {
	test.each([
		["unit", { unit_name: "lx" }],
		["tag", { tag_name: "place", param_no: 2 }],
	] as const)("a %s is made by teachers and removed by administrators", async (kind, body) => {
		const path = `/api/v0/${kind}`;
		const statuses = [];
		for (const person of [null, STUDENT, TEACHER]) {
			statuses.push((await ccm.json(person, "PUT", path, body)).status);
		}
		expect(statuses).toEqual([401, 403, 201]);
		expect((await ccm.json(TEACHER, "PUT", path, body)).body.reason).toContain("already exists");
		const list = (await ccm.json(STUDENT, "GET", path)).body[`${kind}_list`] as Json[];
		const id = list.find((one) => one[`${kind}_name`] === Object.values(body)[0])?.[`${kind}_id`];
		const remove = async (person: typeof TEACHER | null) =>
			(await ccm.json(person, "DELETE", `${path}/${id}`)).status;
		expect([
			await remove(null),
			await remove(STUDENT),
			await remove(TEACHER),
			await remove(ADMIN),
			await remove(ADMIN),
		]).toEqual([401, 403, 403, 200, 404]);
	});

	test("stay while something has them", async () => {
		const put = async (path: string, body: Json) =>
			(await ccm.json(TEACHER, "PUT", path, body)).body;
		const { unit_id } = await put("/api/v0/unit", { unit_name: "hPa" });
		const { tag_id } = await put("/api/v0/tag", { tag_name: "floor", param_no: 1 });
		const feature = { df_name: "Pressure-I", df_type: "input", df_parameter: [{ unit_id }] };
		const { df_id } = await put("/api/v0/devicefeature", feature);
		await put("/api/v0/devicemodel", {
			dm_name: "Barometer",
			df_list: [{ df_id, tags: [tag_id] }],
		});
		for (const [path, reason] of [
			[`unit/${unit_id}`, "Unit is in use."],
			[`tag/${tag_id}`, "Tag is in use."],
			["unit/1", "Unit is in use."],
		]) {
			const { status, body } = await ccm.json(ADMIN, "DELETE", `/api/v0/${path}`);
			expect([status, body.reason]).toEqual([400, reason]);
		}
	});
});

describe("POST /api/v1/catalog/import", () => {
	const load = (person: typeof TEACHER | null, file: unknown) =>
		ccm.json(person, "POST", `${CATALOG}/import`, file as Json);
	const file = {
		Unit: [{ unit_name: "mm" }],
		DeviceFeature: [
			{ df_name: "Rain-I", df_type: "input", df_parameter: [{ unit: "mm", max: 100 }] },
		],
		DeviceModel: [{ dm_name: "Rain gauge", df_list: ["Rain-I"] }],
	};

	test("is for administrators; what is there is left as it is", async () => {
		const statuses = [];
		for (const person of [null, STUDENT, TEACHER]) statuses.push((await load(person, file)).status);
		expect(statuses).toEqual([401, 403, 403]);
		const first = await load(ADMIN, file);
		expect(first.body).toEqual({ state: "ok", functions: 0, features: 1, models: 1, skipped: [] });
		const second = await load(ADMIN, file);
		expect(second.body).toMatchObject({
			features: 0,
			models: 0,
			skipped: ["Rain-I", "Rain gauge"],
		});
	});

	test("numbers of pinned samples stay as they were written: Python tells 1.0 from 1", async () => {
		const pinned = '[{"stage":"idf","sample":[1.0],"expected":2.0}]';
		const code = JSON.stringify("def run(x):\n    return x * 2\n");
		const loaded = await ccm.send(ADMIN, "POST", `${CATALOG}/import`, {
			body: `{"Function":[{"fn_name":"exact","code":${code},"pinned":${pinned}}]}`,
			headers: { "content-type": "application/json" },
		});
		expect(loaded.status).toBe(200);
		const { functions } = (await ccm.json(ADMIN, "GET", "/api/v1/functions")).body as {
			functions: readonly { fn_id: number; fn_name: string }[];
		};
		const made = functions.find(({ fn_name }) => fn_name === "exact");
		const shown = await ccm.send(ADMIN, "GET", `/api/v1/functions/${made?.fn_id}`);
		expect(await shown.text()).toContain(`"pinned":${pinned}`);
	});

	test.each([
		[
			"a list of another kind",
			{ DeviceModel: [{ dm_name: 5 }] },
			"not a seed file: /DeviceModel/0",
		],
		[
			"a unit that is nowhere",
			{
				DeviceFeature: [{ df_name: "A-I", df_type: "input", df_parameter: [{ unit: "furlong" }] }],
			},
			"the file names what is not there",
		],
		[
			"a function that does not compile",
			{ Function: [{ fn_name: "f", code: "def run(:" }] },
			"Compile Error",
		],
		["a function without a name", { Function: [{ fn_name: "1", code: "x" }] }, "not a seed file"],
		["a file of another kind", { project: { p_name: "lamp" } }, "not a seed file: it has none of"],
		[
			"more pinned samples than are kept with a function",
			{ Function: [{ fn_name: "f", code: "def run(x):\n    return x\n", pinned: LARGE }] },
			"the pinned samples have",
		],
	])("refuses %s, and loads nothing", async (_what, bad, reason) => {
		const before = await ccm.json(ADMIN, "GET", CATALOG);
		const { status, body } = await load(ADMIN, bad);
		expect(status).toBe(400);
		expect(body.reason).toContain(reason);
		expect((await ccm.json(ADMIN, "GET", CATALOG)).body).toEqual(before.body);
	});
});
