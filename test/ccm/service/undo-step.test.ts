import { beforeEach, describe, expect, test } from "bun:test";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import type { Person, ProjectNews } from "../../../src/ccm/service/operation.ts";
import type { Change } from "../../../src/contract/mod.ts";
import { ADMIN, Office, OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

interface Answer {
	readonly rev: number;
	readonly changes: readonly Change[];
	readonly inverse: readonly Change[];
}

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
	await office.service.call("share_project", TEACHER, {
		p_id: at.p,
		u_id: OTHER.u_id,
		may: "edit",
	});
});

async function document() {
	const project = await office.store.read(({ projects }) => projects.get(at.p));
	if (project === undefined) throw new Error("the project is gone");
	return project;
}

/** Without the revision, which never goes back. */
async function content() {
	return { ...(await document()), rev: 0 };
}

async function change(person: Person, ...changes: readonly unknown[]): Promise<Answer> {
	const { rev: base_rev } = await document();
	const input = { p_id: at.p, base_rev, changes };
	return (await office.service.call("change_project", person, input)) as Answer;
}

async function step(op: "undo" | "redo", person: Person, skip?: boolean): Promise<Answer> {
	const input = { p_id: at.p, ...(skip !== undefined && { skip }) };
	return (await office.service.call(`${op}_project`, person, input)) as Answer;
}

/** Status and words of a refusal; the document is as it was. */
async function refusal(work: () => Promise<unknown>): Promise<[number, string]> {
	const before = await document();
	try {
		await work();
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		expect(await document()).toEqual(before);
		return [error.status, error.message];
	}
	throw new Error("it was not refused");
}

const alias = (alias_name: string) => ({ kind: "set_alias", dfo_id: at.input, alias_name });
const named = (na_name: string) => ({ kind: "rename_join", na_id: at.fooJoin, na_name });

describe("undo", () => {
	test("takes back a person's last step, with its ids, and redo carries it out again", async () => {
		await change(TEACHER, { kind: "bind", do_id: at.fooObject, mac_addr: DEVICE });
		const before = await content();
		await change(TEACHER, { kind: "remove_block", do_id: at.fooObject });
		const after = await content();
		const { rev } = await document();
		const undone = await step("undo", TEACHER);
		expect(undone.rev).toBe(rev + 1);
		expect(undone.changes.map(({ kind }) => kind)).toContain("restore_block");
		expect(await content()).toEqual(before);
		await step("redo", TEACHER);
		expect(await content()).toEqual(after);
		await step("undo", TEACHER);
		expect(await content()).toEqual(before);
	});

	test("goes back step by step to the first one, and redo forward to the last", async () => {
		const states = [await content()];
		for (const name of ["a", "b", "c"]) {
			await change(TEACHER, named(name), alias(`x${name}`));
			states.push(await content());
		}
		for (const state of states.slice(0, -1).reverse()) {
			await step("undo", TEACHER);
			expect(await content()).toEqual(state);
		}
		for (const state of states.slice(1)) {
			await step("redo", TEACHER);
			expect(await content()).toEqual(state);
		}
		expect(await refusal(() => step("redo", TEACHER))).toEqual([
			409,
			"there is nothing of yours to redo in this project",
		]);
	});

	test("ends the redo of what was undone when something else is changed", async () => {
		await change(TEACHER, named("a"));
		await step("undo", TEACHER);
		await change(TEACHER, alias("y"));
		expect((await refusal(() => step("redo", TEACHER)))[1]).toContain("nothing of yours to redo");
	});

	test("takes back what a person did over REST v0", async () => {
		const before = await content();
		const join = `/project/${at.p}/na/${at.fooJoin}`;
		await office.ok(TEACHER, "POST", join, { na_name: "by v0", multiplejoin_fn_id: at.fn });
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		await office.ok(TEACHER, "POST", `/alias/${DEVICE}/foo`, { alias_name: "z" }).catch(() => {});
		await office.ok(TEACHER, "DELETE", `/project/${at.p}/deviceobject/${at.fooObject}`);
		for (let n = 0; n < 3; n++) await step("undo", TEACHER);
		expect(await content()).toEqual(before);
	});

	test("is each person's own: others' steps stay", async () => {
		await change(TEACHER, named("mine"));
		await change(OTHER, alias("theirs"));
		await step("undo", TEACHER);
		const { joins, blocks } = await document();
		expect(joins[0]?.na_name).toBe("JoinFoo");
		expect(blocks[0]?.ports[0]?.alias_name).toBe("theirs");
		await step("undo", OTHER);
		expect((await document()).blocks[0]?.ports[0]?.alias_name).toBe("foo");
	});

	test("is refused when another person has changed the same since, and names it", async () => {
		await change(TEACHER, alias("mine"));
		await change(OTHER, alias("theirs"));
		expect(await refusal(() => step("undo", TEACHER))).toEqual([
			409,
			`cannot undo: Device Feature Object id ${at.input} has been changed since by ${OTHER.u_name}`,
		]);
		// What is in the way may go again.
		await step("undo", OTHER);
		await step("undo", TEACHER);
		expect((await document()).blocks[0]?.ports[0]?.alias_name).toBe("foo");
	});

	test("does not remove what others have put into something a person made", async () => {
		const join = { kind: "add_join", na_name: "J", na_idx: 5, dfo_ids: [at.input, at.output] };
		const { changes } = await change(TEACHER, join);
		const [made] = changes as [Change & { kind: "restore_join" }];
		const { na_id } = made.join;
		await change(OTHER, { kind: "set_join_function", na_id, fn_id: null });
		await step("undo", TEACHER);
		await step("redo", TEACHER);
		await change(OTHER, { kind: "rename_join", na_id, na_name: "theirs" });
		expect(await refusal(() => step("undo", TEACHER))).toEqual([
			409,
			`cannot undo: NetworkApplication id ${na_id} has been changed since by ${OTHER.u_name}`,
		]);
	});

	test("says what is in the way when it does not apply any more", async () => {
		await change(TEACHER, named("mine"));
		await change(OTHER, { kind: "remove_join", na_id: at.fooJoin });
		const words = `cannot undo: NetworkApplication id ${at.fooJoin} not found`;
		expect(await refusal(() => step("undo", TEACHER))).toEqual([409, words]);
	});

	test("can forget steps that are in the way", async () => {
		await change(TEACHER, named("first"));
		await change(TEACHER, alias("mine"));
		await change(OTHER, alias("theirs"));
		expect((await refusal(() => step("undo", TEACHER, false)))[0]).toBe(409);
		await step("undo", TEACHER, true);
		const { joins, blocks } = await document();
		expect(joins[0]?.na_name).toBe("JoinFoo");
		expect(blocks[0]?.ports[0]?.alias_name).toBe("theirs");
	});

	test("of a binding works after the device deregistered", async () => {
		await change(TEACHER, named("first"));
		await change(TEACHER, { kind: "bind", do_id: at.fooObject, mac_addr: DEVICE });
		await office.store.write(async ({ projects, devices }) => {
			const [project] = await projects.list({ p_id: at.p });
			if (project === undefined) return;
			const blocks = project.blocks.map((block) => ({ ...block, bindings: [] }));
			await projects.put({ ...project, rev: project.rev + 1, blocks });
			await devices.remove(at.device);
		});
		await step("undo", TEACHER);
		await step("undo", TEACHER);
		expect((await document()).joins[0]?.na_name).toBe("JoinFoo");
	});

	test("is for people who may edit", async () => {
		await change(TEACHER, named("mine"));
		const words = `project id ${at.p} not found`;
		expect(await refusal(() => step("undo", STUDENT))).toEqual([404, words]);
		await office.service.call("share_project", TEACHER, {
			p_id: at.p,
			u_id: STUDENT.u_id,
			may: "look",
		});
		expect(await refusal(() => step("undo", STUDENT))).toEqual([404, words]);
		expect((await refusal(() => step("undo", ADMIN)))[0]).toBe(409);
		await change(OTHER, alias("theirs"));
		await office.service.call("unshare_project", TEACHER, { p_id: at.p, u_id: OTHER.u_id });
		expect(await refusal(() => step("undo", OTHER))).toEqual([404, words]);
	});
});

describe("changes", () => {
	test("that change nothing are not a step, and the revision stays", async () => {
		const before = await document();
		await change(TEACHER, named("JoinFoo"), { kind: "set_status", status: "off" });
		expect(await document()).toEqual(before);
		const steps = await office.store.read(({ undo }) => undo.list({ p_id: at.p }));
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "off" });
		expect(await office.store.read(({ undo }) => undo.list({ p_id: at.p }))).toEqual(steps);
	});

	test("that contradict each other are refused with their place, and nothing is changed", async () => {
		const remove = { kind: "remove_join", na_id: at.fooJoin };
		const both = () => change(TEACHER, alias("x"), remove, named("gone"));
		expect(await refusal(both)).toEqual([
			404,
			`changes.2: NetworkApplication id ${at.fooJoin} not found`,
		]);
		const join = { kind: "add_join", na_name: "J", na_idx: 7, dfo_ids: [at.input, at.output] };
		const twice = () => change(TEACHER, join, { ...join, na_name: "K" });
		expect(await refusal(twice)).toEqual([400, "changes.1: na_idx 7 is taken"]);
	});

	test("are a thousand at most", async () => {
		const many = Array.from({ length: 10_000 }, () => named("n"));
		expect(await refusal(() => change(TEACHER, ...many))).toEqual([
			400,
			"field `changes`: 10000 changes in one request, at most 1000",
		]);
		await change(TEACHER, ...many.slice(0, 999), alias("x"));
	});

	test("are told with who made them, through whichever API", async () => {
		const news: ProjectNews[] = [];
		office.onNews = (one) => news.push(one);
		await change(OTHER, alias("x"));
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		await step("undo", TEACHER);
		await office.service.call("unshare_project", TEACHER, { p_id: at.p, u_id: OTHER.u_id });
		const { rev } = await document();
		const told = (by: Person, at: number, changes: unknown) => ({
			kind: "changes",
			by,
			changes,
			document: expect.objectContaining({ rev: at }),
			parts: expect.any(Object),
			steps: expect.any(Object),
		});
		expect(news as unknown[]).toEqual([
			told(OTHER, rev - 2, [alias("x")]),
			told(TEACHER, rev - 1, [{ kind: "set_status", status: "on" }]),
			told(TEACHER, rev, [{ kind: "set_status", status: "off" }]),
			{ kind: "members", p_id: at.p },
		]);
	});
});
