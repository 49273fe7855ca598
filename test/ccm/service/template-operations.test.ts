import { beforeEach, describe, expect, test } from "bun:test";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { TEMPLATES } from "../../../src/ccm/templates/templates.ts";
import type { ProjectDocument } from "../../../src/contract/mod.ts";
import { ADMIN, Office, OTHER, STUDENT, TEACHER } from "../support/office.ts";

let office: Office;
beforeEach(async () => {
	office = await Office.open();
});

interface Made {
	readonly p_id: number;
	readonly p_name: string;
}

const make = async (input: object, person = TEACHER) =>
	(await office.service.call("create_project_from_template", person, { ...input })) as Made;
const documentOf = async (p_id: number) =>
	(await office.store.read(({ projects }) => projects.get(p_id))) as ProjectDocument;
const sourceOf = async (fnId: number | null | undefined) =>
	office.store.read(async ({ functions }) => {
		const fn = await functions.get(fnId ?? 0);
		return { ...fn, code: fn?.versions.at(-1)?.code };
	});

const EACH = TEMPLATES.flatMap(({ name, files }) =>
	(["en", "zh"] as const).map((lang) => ({ name, lang, file: files[lang] })),
);

describe("template files", () => {
	test.each(EACH)(
		"$name in $lang imports as any exported file, with functions Python accepts",
		async ({ file }) => {
			const input = { p_name: "imported", file };
			const { p_id } = (await office.service.call("import_project", TEACHER, input)) as Made;
			const { joins } = await documentOf(p_id);
			expect(joins.length).toBeGreaterThan(0);
			// Where the catalog is empty, the file brings all it needs.
			const bare = await Office.open(false);
			await bare.service.call("import_project", TEACHER, input);
		},
	);

	test.each(TEMPLATES)("$name is the same project in both languages", ({ files }) => {
		const withoutNames = (value: unknown): unknown =>
			JSON.parse(JSON.stringify(value), (key, one: unknown) =>
				["p_name", "alias_name", "na_name", "code"].includes(key) ? "" : one,
			);
		expect(withoutNames(files.zh)).toEqual(withoutNames(files.en));
	});
});

describe("a project of a template", () => {
	test.each(EACH)(
		"$name in $lang runs, and simulates its devices",
		async ({ name, lang, file }) => {
			const made = await make({ name, lang });
			expect(made.p_name).toBe(file.project.p_name);
			const project = await documentOf(made.p_id);
			expect(project).toMatchObject({ u_id: TEACHER.u_id, status: "on", sim: "on" });
			expect(office.changed).toEqual([made.p_id]);
			const inputs = project.blocks.flatMap(({ ports }) =>
				ports.filter(({ df_type }) => df_type === "input"),
			);
			// Values that do not change show nothing.
			for (const { dfo_id } of inputs) {
				const link = project.joins
					.flatMap(({ links }) => links)
					.find((one) => one.dfo_id === dfo_id);
				expect(link?.params.every(({ min, max }) => min < max)).toBe(true);
			}
		},
	);

	test("has a free name, unless one is asked for", async () => {
		const names = [];
		for (let n = 0; n < 3; n++) names.push((await make({ name: "thermometer" })).p_name);
		expect(names).toEqual(["Thermometer", "Thermometer 2", "Thermometer 3"]);
		expect(await make({ name: "thermometer", p_name: "Lab 1" })).toMatchObject({ p_name: "Lab 1" });
		const again = make({ name: "thermometer", p_name: "Lab 1" });
		expect(await refused(again)).toEqual([400, "project name already exists"]);
	});

	test("makes its function once, whatever language its comments are in", async () => {
		const fnOf = async ({ p_id }: Made) =>
			(await documentOf(p_id)).joins[0]?.links[1]?.params[0]?.fn_id;
		const first = await fnOf(await make({ name: "thermometer", lang: "zh" }));
		expect(await sourceOf(first)).toMatchObject({ fn_name: "fahrenheit", u_id: TEACHER.u_id });
		expect(await fnOf(await make({ name: "thermometer", lang: "en" }))).toBe(first ?? 0);
		expect(await fnOf(await make({ name: "thermometer" }, OTHER))).not.toBe(first ?? 0);
	});

	test("leaves a function of the same name alone when its source is another one", async () => {
		const own = "def run(*args):\n    return 0\n";
		const kept = (await office.service.call("create_function", TEACHER, {
			...{ fn_name: "count_shakes", code: own },
		})) as { fn_id: number };
		const made = await make({ name: "shake-counter" });
		const { joins } = await documentOf(made.p_id);
		const used = await sourceOf(joins[0]?.links[0]?.params[0]?.fn_id);
		expect(used).toMatchObject({ fn_name: "count_shakes_2", u_id: TEACHER.u_id });
		expect(await sourceOf(kept.fn_id)).toMatchObject({ code: own });
		const again = await documentOf((await make({ name: "shake-counter" })).p_id);
		expect(again.joins[0]?.links[0]?.params[0]?.fn_id).toBe(used.fn_id ?? 0);
	});

	test("is for teachers and administrators", async () => {
		expect((await make({ name: "thermometer" }, ADMIN)).p_name).toBe("Thermometer");
		const student = make({ name: "thermometer" }, STUDENT);
		expect(await refused(student)).toEqual([403, "Students cannot do this."]);
		expect(await refused(make({ name: "nothing" }))).toEqual([404, "template nothing not found"]);
		expect((await refused(make({ name: "thermometer", lang: "fr" })))[0]).toBe(400);
		expect(
			await office.store.read(({ projects }) => projects.list({ u_id: STUDENT.u_id })),
		).toEqual([]);
	});
});

async function refused(work: Promise<unknown>): Promise<[number, string]> {
	try {
		await work;
	} catch (error) {
		if (error instanceof Refusal) return [error.status, error.message];
		throw error;
	}
	throw new Error("it was not refused");
}
