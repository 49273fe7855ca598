import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import {
	CcmFunctionItemSchema,
	CcmFunctionSchema,
	CcmFunctionUsesSchema,
} from "../../../src/contract/mod.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

const PATH = "/api/v1/functions";
const CODE = "def run(x):\n    return x\n";
const OTHER_CODE = "def run(x):\n    return -x\n";
const PINNED = [{ stage: "idf", sample: [1], expected: 1 }];

let ccm: CcmHttp;
let at: Workshop;
beforeEach(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
});
afterEach(() => ccm.stop());

const ask = (person: typeof TEACHER | null, method: string, path: string, body?: object) =>
	ccm.json(person, method, PATH + path, body);
const add = (fn_name: string, more: object = {}, person = TEACHER) =>
	ask(person, "PUT", "", { fn_name, code: CODE, ...more });
async function show(fnId: unknown, person = TEACHER) {
	const { body } = await ask(person, "GET", `/${fnId}`);
	expect([...Value.Errors(CcmFunctionSchema, body)]).toEqual([]);
	return body;
}

describe("functions for their editor", () => {
	test("are made once under a name, with pinned samples, and offered for a feature", async () => {
		const made = await add("mine", { pinned: PINNED, df_id: at.foo });
		expect(made).toEqual({
			status: 201,
			body: { state: "ok", fn_id: expect.any(Number), fnvt_idx: expect.any(Number) },
		});
		const { fn_id, fnvt_idx } = made.body;
		expect(await show(fn_id)).toMatchObject({
			...{ fn_id, fnvt_idx, fn_name: "mine", is_protect: false, may_change: true },
			...{ owner: { u_id: TEACHER.u_id, u_name: TEACHER.u_name }, code: CODE, pinned: PINNED },
			versions: [{ fnvt_idx, by: { u_id: TEACHER.u_id } }],
		});
		const offered = await ccm.office.ok(TEACHER, "GET", `/function/devicefeature/${at.foo}`);
		expect(offered.fn_list).toContainEqual({ fn_id, fn_name: "mine", is_protect: false });
		const again = await add("mine");
		expect([again.status, again.body.reason]).toEqual([409, 'function "mine" already exists']);
		expect((await add("x1")).status).toBe(409);
		expect((await add("mine", {}, OTHER)).status).toBe(201);
		// The system's own is the administrator's to change, and not to be changed unseen.
		expect((await add("sum", {}, ADMIN)).status).toBe(409);
		expect((await add("sum")).status).toBe(201);
	});

	test("keep the numbers of samples as they were written: Python tells 1.0 from 1", async () => {
		const pinned = '[{"stage":"idf","sample":[1.0],"expected":12345678901234567890}]';
		const made = await ccm.send(TEACHER, "PUT", PATH, {
			body: `{"fn_name":"exact","code":${JSON.stringify(CODE)},"pinned":${pinned},"df_id":${at.foo}.0}`,
			headers: { "content-type": "application/json" },
		});
		expect(made.status).toBe(201);
		const { fn_id } = (await made.json()) as { fn_id: number };
		const shown = await ccm.send(TEACHER, "GET", `${PATH}/${fn_id}`);
		expect(await shown.text()).toContain(`"pinned":${pinned}`);
	});

	test("are saved as new versions, unless someone else was faster", async () => {
		const { fn_id, fnvt_idx: first } = (await add("mine")).body;
		const save = (body: object) => ask(TEACHER, "POST", `/${fn_id}`, body);
		const same = await save({ code: CODE, pinned: PINNED, base: first });
		expect(same.body).toEqual({ state: "ok", fn_id, fnvt_idx: first });
		const { pinned, versions } = await show(fn_id);
		expect([pinned, versions]).toEqual([PINNED, [expect.objectContaining({ fnvt_idx: first })]]);
		const second = (await save({ code: OTHER_CODE, base: first })).body.fnvt_idx;
		expect(second).not.toBe(first);
		expect(await show(fn_id)).toMatchObject({ code: OTHER_CODE, pinned: PINNED, fnvt_idx: second });
		const late = await save({ code: CODE, pinned: [], base: first });
		expect(late).toMatchObject({
			status: 409,
			body: {
				state: "error",
				reason: "the function has been changed since",
				newest: { fnvt_idx: second, code: OTHER_CODE, by: { u_name: TEACHER.u_name } },
			},
		});
		expect(await show(fn_id)).toMatchObject({ code: OTHER_CODE, pinned: PINNED });
		expect((await save({ code: CODE })).status).toBe(200);
		expect((await show(fn_id)).versions).toHaveLength(3);
	});

	const BAD: readonly [string, object, number, RegExp][] = [
		["a source Python refuses", { code: "def run(:" }, 400, /^Compile Error/],
		["a name without a letter", { fn_name: "1x" }, 400, /begin with a letter/],
		["21 samples", { pinned: Array(21).fill(PINNED[0]) }, 400, /^field `pinned`/],
		[
			"samples of 64 KiB",
			{ pinned: [{ ...PINNED[0], sample: "x".repeat(65_536) }] },
			400,
			/^the pinned samples have \d+ bytes, at most 65536$/,
		],
		["a sample without a stage", { pinned: [{ sample: 1, expected: 1 }] }, 400, /^field `pinned/],
		["a feature there is none of", { df_id: 99_999 }, 404, /Device Feature id 99999/],
		["fields that are none", { base: 1 }, 400, /^field `base` unknown$/],
	];
	test.each(BAD)("refuse %s, and nothing is kept", async (_, more, status, reason) => {
		const refused = await add("bad", more);
		expect([refused.status, refused.body.reason]).toEqual([status, expect.stringMatching(reason)]);
		const all = await ccm.office.store.read(({ functions }) => functions.list({ fn_name: "bad" }));
		expect(all).toEqual([]);
	});

	test("are listed with owner, date and uses; and told where they are used", async () => {
		await ccm.office.service.call("change_project", TEACHER, {
			...{ p_id: at.p, base_rev: 0 },
			changes: [{ kind: "set_join_function", na_id: at.fooJoin, fn_id: at.fn }],
		});
		const { body } = await ask(TEACHER, "GET", "");
		const items = body.functions as Record<string, unknown>[];
		for (const item of items) {
			expect([...Value.Errors(CcmFunctionItemSchema, item)]).toEqual([]);
		}
		expect(items.find(({ fn_id }) => fn_id === at.fn)).toMatchObject({
			...{ fn_name: "twice", uses: 1, may_change: true },
			owner: { u_name: TEACHER.u_name },
		});
		expect(items.find(({ fn_name }) => fn_name === "x1")).toMatchObject({
			...{ owner: null, may_change: false, is_protect: true },
		});
		const uses = (await ask(TEACHER, "GET", `/${at.fn}/uses`)).body;
		expect([...Value.Errors(CcmFunctionUsesSchema, uses)]).toEqual([]);
		expect(uses).toMatchObject({
			projects: [{ p_id: at.p, joins: [{ na_id: at.fooJoin, na_name: "JoinFoo" }] }],
			...{ hidden: 0, features: [], models: [] },
		});
	});

	test("are for those who may: everyone × every route", async () => {
		const seen: Record<string, number[]> = {};
		for (const [name, person] of [
			["owner", TEACHER],
			["admin", ADMIN],
			["teacher", OTHER],
			["student", STUDENT],
			["nobody", null],
		] as const) {
			const statuses = [
				await ask(person, "GET", ""),
				await ask(person, "GET", `/${at.fn}`),
				await ask(person, "GET", `/${at.fn}/uses`),
				await ask(person, "POST", `/${at.fn}`, { code: CODE }),
				await ask(person, "PUT", "", { fn_name: `of ${name}`, code: CODE }),
			];
			seen[name] = statuses.map(({ status }) => status);
		}
		expect(seen).toEqual({
			owner: [200, 200, 200, 200, 201],
			admin: [200, 200, 200, 200, 201],
			teacher: [200, 404, 404, 404, 201],
			student: [200, 404, 404, 403, 403],
			nobody: [401, 401, 401, 401, 401],
		});
		for (const id of ["0", "x", "999999"]) {
			expect((await ask(TEACHER, "GET", `/${id}`)).status).toBe(404);
		}
	});

	test("travel with their samples in an exported project", async () => {
		const { fn_id } = (await add("pinned", { pinned: PINNED })).body;
		await ccm.office.service.call("change_project", TEACHER, {
			...{ p_id: at.p, base_rev: 0 },
			changes: [{ kind: "set_join_function", na_id: at.fooJoin, fn_id }],
		});
		const input = { p_id: at.p, bundle: true };
		const file = await ccm.office.service.call("export_project", TEACHER, input);
		await ccm.office.service.call("import_project", OTHER, { p_name: "copy", file });
		const [theirs] = await ccm.office.store.read(({ functions }) =>
			functions.list({ fn_name: "pinned", u_id: OTHER.u_id }),
		);
		expect(theirs?.pinned as unknown).toEqual(PINNED);
	});
});
