// Every operation of REST v0 with every field of a wrong type: one clear error, and nothing has changed.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

let ccm: CcmHttp;
let at: Workshop;
let before: unknown;

/** All that operations could have changed. */
const everything = () =>
	ccm.office.store.read(async (tables) => ({
		projects: await tables.projects.list(),
		features: await tables.features.list(),
		models: await tables.models.list(),
		functions: await tables.functions.list(),
		devices: await tables.devices.list(),
		people: (await tables.people.list()).map(({ id, name, role }) => ({ id, name, role })),
	}));

beforeAll(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
	before = await everything();
});
afterAll(() => ccm.stop());

const WRONG: readonly unknown[] = [
	...[
		null,
		true,
		0.5,
		-1,
		2 ** 60,
		"",
		"x".repeat(100_000),
		[],
		[null],
		[[[]]],
		{},
		{ a: { b: 1 } },
	],
	...["\u0000", "__proto__", ["x"], [{}], [-1], Number.MAX_VALUE],
];

/** A path with ids of things that are there. */
function pathOf(pattern: string): string {
	const ids: Readonly<Record<string, number>> = {
		...{ p_id: at.p, do_id: at.fooObject, dfo_id: at.input, na_id: at.fooJoin },
		...{ fn_id: at.fn, df_id: at.foo, dm_id: at.fooModel, d_id: at.device },
	};
	return `/api/v0${pattern.replaceAll(/:(\w+)/g, (_, name: string) => String(ids[name] ?? 1))}`;
}

const CASES = OPERATIONS.flatMap(({ name, rest, input }) => {
	if (rest === undefined || rest.method === "GET") return [];
	const fields = Object.entries(input.properties).filter(
		([field]) => !rest.path.includes(`:${field}`),
	);
	return fields.map(([field, schema]) => ({ name, rest, field, schema: schema as TSchema }));
});

describe("REST v0 with bad input", () => {
	test.each(CASES)("$name: $field", async ({ rest, field, schema }) => {
		for (const value of WRONG.filter((one) => !Value.Check(schema, one))) {
			const { status, body } = await ccm.json(ADMIN, rest.method, pathOf(rest.path), {
				[field]: value,
			});
			const shown = JSON.stringify(value).slice(0, 40);
			expect([shown, status, body.state, typeof body.reason]).toEqual([
				...[shown, 400, "error", "string"],
			]);
			expect(String(body.reason).length).toBeLessThan(1000);
		}
	});

	test("with fields it does not know, ids that are none, and ids of others", async () => {
		const send = async (method: string, path: string, body?: object) => {
			const answer = await ccm.json(TEACHER, method, `/api/v0${path}`, body);
			return `${answer.status} ${answer.body.reason}`;
		};
		expect(await send("PUT", "/project", { p_name: "x", owner: 1 })).toBe(
			"400 field `owner` unknown",
		);
		expect(await send("PUT", "/project", { p_name: "n".repeat(300) })).toContain(
			"400 field `p_name`",
		);
		for (const id of ["0", "-1", "1.5", "99999999999999999999", "0x1", "%00", "%2e%2e", "null"]) {
			expect([id, await send("GET", `/project/${id}`)]).toEqual([
				id,
				expect.stringMatching(/^40[04] /),
			]);
		}
		const dfo_ids = Array.from({ length: 10_001 }, (_, n) => n + 1);
		const na = { na_name: "J", na_idx: 9, dfo_ids };
		expect(await send("PUT", `/project/${at.p}/na`, na)).toStartWith("400 field `dfo_ids`");
		na.dfo_ids = dfo_ids.slice(1);
		expect(await send("PUT", `/project/${at.p}/na`, na)).toMatch(/^40[04] /);
	});

	test("changed nothing", async () => {
		expect(await everything()).toEqual(before as never);
		expect(ccm.office.changed).toEqual([]);
	});
});
