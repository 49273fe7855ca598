import { beforeEach, describe, expect, test } from "bun:test";
import { CLASSMATE, Office, OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
});

const share = (u_id: number, may: "look" | "edit" = "look") =>
	office.service.call("share_project", TEACHER, { p_id: at.p, u_id, may });
const copyForMembers = () =>
	office.service.call("copy_project_for_members", TEACHER, { p_id: at.p }) as Promise<{
		copies: { p_id: number; p_name: string; u_name: string; is_new: boolean }[];
	}>;
const document = (p_id: number) => office.store.read(({ projects }) => projects.get(p_id));
const names = () =>
	office.store.read(async ({ projects }) =>
		(await projects.heads()).map(({ p_name }) => p_name).toSorted(),
	);

/** A document without its ids. */
function shape(text: unknown): string {
	const known = new Map<unknown, number>();
	return JSON.stringify(text, (key, value) => {
		if (["p_id", "p_name", "rev", "status"].includes(key)) return undefined;
		if (!["do_id", "dfo_id", "na_id"].includes(key)) return value;
		const id = `${key} ${value}`;
		known.set(id, known.get(id) ?? known.size);
		return known.get(id);
	});
}

describe("a copy of a project", () => {
	test("is equal but for ids, off, and without devices", async () => {
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		const { p_id } = await office.ok(TEACHER, "POST", `/project/${at.p}/copy`, { p_name: "燈" });
		const [first, copy] = [await document(at.p), await document(Number(p_id))];
		expect(copy).toMatchObject({ p_name: "燈", status: "off", rev: 0, u_id: TEACHER.u_id });
		expect(shape(copy)).toBe(shape(first));
		const ids = (text: unknown): string[] =>
			JSON.stringify(text).match(/"(do|dfo|na)_id":\d+/g) ?? [];
		expect(ids(first).filter((id) => ids(copy).includes(id))).toEqual([]);
	});

	test("needs a name that is free, and someone who owns the first", async () => {
		const copy = (person: typeof TEACHER, p_name: string) =>
			office.rest(person, "POST", `/project/${at.p}/copy`, { p_name });
		expect((await copy(TEACHER, "plan")).body.reason).toBe("project name already exists");
		expect((await copy(OTHER, "mine")).status).toBe(404);
		expect(await names()).toEqual(["plan"]);
	});
});

describe("copies for members", () => {
	test("are one for each student, theirs to edit and the teacher's; again adds what is missing", async () => {
		await share(STUDENT.u_id);
		await share(OTHER.u_id, "edit");
		const { copies } = await copyForMembers();
		expect(copies).toMatchObject([{ p_name: "plan-cat", u_name: "cat", is_new: true }]);
		const [first] = copies;
		const row = { p_id: first?.p_id, u_id: STUDENT.u_id, may: "edit" } as const;
		await office.ok(STUDENT, "POST", `/project/${row.p_id}`, { status: "on" });
		expect((await document(row.p_id ?? 0))?.u_id).toBe(TEACHER.u_id);

		await share(CLASSMATE.u_id);
		expect((await copyForMembers()).copies).toMatchObject([
			{ p_id: row.p_id, u_name: "cat", is_new: false },
			{ p_name: "plan-dan", u_name: "dan", is_new: true },
		]);
		expect(await names()).toEqual(["plan", "plan-cat", "plan-dan"]);
	});

	test("are all or none: a project of that name that is not the student's is in the way", async () => {
		await share(STUDENT.u_id);
		await share(CLASSMATE.u_id);
		await office.ok(TEACHER, "PUT", "/project", { p_name: "plan-dan" });
		await expect(copyForMembers()).rejects.toThrow(
			'a project "plan-dan" exists and is not shared with dan: rename it, or share it',
		);
		expect(await names()).toEqual(["plan", "plan-dan"]);
	});

	test("need a student, and names that are not too long", async () => {
		await expect(copyForMembers()).rejects.toThrow("the project is not shared with a student");
		await share(STUDENT.u_id);
		const newname = "x".repeat(200);
		await office.service.call("rename_project", TEACHER, { p_id: at.p, newname });
		await expect(copyForMembers()).rejects.toThrow("of a copy is too long");
		expect(await names()).toHaveLength(1);
	});
});
