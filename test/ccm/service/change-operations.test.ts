import { beforeEach, describe, expect, test } from "bun:test";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { ISSUED_ONLY } from "../../../src/ccm/service/check-changes.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import type { Change } from "../../../src/contract/mod.ts";
import { Office, OTHER, STUDENT, TEACHER } from "../support/office.ts";
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
});

async function document() {
	const project = await office.store.read(({ projects }) => projects.get(at.p));
	if (project === undefined) throw new Error("the project is gone");
	return project;
}

async function change(changes: readonly unknown[], person: Person = TEACHER, base_rev?: number) {
	const rev = base_rev ?? (await document()).rev;
	const input = { p_id: at.p, base_rev: rev, changes };
	return (await office.service.call("change_project", person, input)) as Answer;
}

/** Status and words of a refusal; the document is as it was. */
async function refusal(...args: Parameters<typeof change>): Promise<[number, string]> {
	const before = await document();
	try {
		await change(...args);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		expect(await document()).toEqual(before);
		return [error.status, error.message];
	}
	throw new Error("it was not refused");
}

describe("changes of a project", () => {
	test("are answered with what was done and what takes it back, which brings back the same ids", async () => {
		await change([{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE }]);
		const before = await document();
		const { rev, inverse } = await change([{ kind: "remove_block", do_id: at.fooObject }]);
		expect(rev).toBe(before.rev + 1);
		expect(inverse.map(({ kind }) => kind)).toEqual([
			"restore_block",
			"restore_join",
			"restore_join",
		]);
		const undone = await change(inverse);
		expect({ ...(await document()), rev: 0 }).toEqual({ ...before, rev: 0 });
		await change(undone.inverse);
		expect((await document()).joins).toEqual([]);
	});

	test("that bring something back are taken only as they were answered, by the same person", async () => {
		const { joins } = await document();
		const [join] = joins;
		const words = (kind: string): [number, string] => [
			400,
			expect.stringContaining(`changes with \`${kind}\` are taken only`),
		];
		const made: Change[] = [
			{ kind: "restore_join", join: { ...joins[0], na_id: 900 } as never, at: 0 },
			{ kind: "restore_link", na_id: at.fooJoin, link: join?.links[0] as never, at: 0 },
			{ kind: "set_ports", do_id: at.fooObject, ports: [] },
			{
				kind: "restore_block",
				block: { ...(await document()).blocks[0], do_id: 900 } as never,
				at: 0,
			},
		];
		expect(made.map(({ kind }) => kind).sort()).toEqual([...ISSUED_ONLY].sort());
		for (const one of made) expect(await refusal([one])).toEqual(words(one.kind));

		const { inverse } = await change([{ kind: "remove_join", na_id: at.fooJoin }]);
		const [restore] = inverse as [Change & { kind: "restore_join" }];
		const other = { ...restore, join: { ...restore.join, na_name: "mine" } };
		expect(await refusal([other])).toEqual(words("restore_join"));
		expect(await refusal([...inverse, { kind: "set_status", status: "on" }])).toEqual(
			words("restore_join"),
		);
		await office.service.call("share_project", TEACHER, {
			p_id: at.p,
			u_id: OTHER.u_id,
			may: "edit",
		});
		expect(await refusal(inverse, OTHER)).toEqual(words("restore_join"));
		expect(await refusal(inverse, STUDENT)).toEqual([404, `project id ${at.p} not found`]);
		await change(inverse);
		expect(await refusal(inverse)).toEqual([400, "na_idx 0 is taken"]);
	});

	test("cannot do what their own operations refuse", async () => {
		const bind = { kind: "bind", do_id: at.barObject, mac_addr: DEVICE };
		expect(await refusal([bind])).toEqual([404, "unknown mac_addr"]);
		const set = { kind: "set_join_function", na_id: at.fooJoin, fn_id: 999 };
		expect(await refusal([set])).toEqual([400, "Function id not find."]);
		const join = { kind: "add_join", na_name: "J", na_idx: 0, dfo_ids: [at.input, at.output] };
		expect(await refusal([join])).toEqual([400, "na_idx 0 is taken"]);
		await office.ok(TEACHER, "PUT", "/project", { p_name: "taken" });
		const name = (p_name: string) => [{ kind: "rename_project", p_name }];
		expect(await refusal(name("taken"))).toEqual([400, "project name already exists"]);
		await office.service.call("share_project", TEACHER, {
			p_id: at.p,
			u_id: OTHER.u_id,
			may: "edit",
		});
		expect(await refusal(name("other"), OTHER)).toEqual([404, `project id ${at.p} not found`]);
	});

	test("give no two joins one place, wherever in the list they are", async () => {
		const add = (na_idx: number) => ({
			...{ kind: "add_join", na_name: "J", na_idx, dfo_ids: [at.input, at.output] },
		});
		const taken = (place: number, na_idx: number): [number, string] => [
			...([400, `changes.${place}: na_idx ${na_idx} is taken`] as const),
		];
		expect(await refusal([add(7), add(7)])).toEqual(taken(1, 7));
		expect(await refusal([add(7), { kind: "set_status", status: "on" }, add(7)])).toEqual(
			taken(2, 7),
		);
		expect(await refusal([add(7), add(0)])).toEqual(taken(1, 0));
		// A place that is given up before is free.
		await change([{ kind: "remove_join", na_id: at.fooJoin }, add(0), add(7)]);
		const places = (await document()).joins.map(({ na_idx }) => na_idx);
		expect(places.toSorted()).toEqual([0, 1, 7]);
	});

	test("do not bring back a device that is another person's by now", async () => {
		const bound = [{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE }];
		await change(bound);
		const { inverse } = await change([{ kind: "unbind", do_id: at.fooObject }]);
		await office.store.write(async ({ devices }) => {
			const [device] = await devices.list({ mac_addr: DEVICE });
			if (device !== undefined) await devices.put({ ...device, u_id: OTHER.u_id });
		});
		expect(await refusal(inverse)).toEqual([404, "unknown mac_addr"]);
		await office.store.write(({ devices }) => devices.remove(at.device));
		expect(await refusal(bound)).toEqual([404, "unknown mac_addr"]);
		// CSM does not know it now; it was bound, and may come back.
		await change(inverse);
		expect((await document()).blocks[0]?.bindings).toHaveLength(1);
	});

	test("on an old revision apply as long as nothing is in the way", async () => {
		const { rev } = await document();
		await change([{ kind: "remove_join", na_id: at.barJoin }]);
		await change([{ kind: "rename_join", na_id: at.fooJoin, na_name: "still" }], TEACHER, rev);
		const gone = [{ kind: "rename_join", na_id: at.barJoin, na_name: "x" }];
		const words = `NetworkApplication id ${at.barJoin} not found`;
		expect(await refusal(gone, TEACHER, rev)).toEqual([409, words]);
		expect(await refusal(gone)).toEqual([404, words]);
		expect(await refusal(gone, TEACHER, 999)).toEqual([
			400,
			`field \`base_rev\`: project ${at.p} has revision ${rev + 2}`,
		]);
	});

	test("are refused with their place in the list", async () => {
		const fine = { kind: "set_status", status: "on" };
		expect(await refusal([fine, { kind: "dance" }])).toEqual([
			400,
			expect.stringMatching(
				/^field `changes.1.kind` should be one of rename_project, set_status, /,
			),
		]);
		expect(await refusal([fine, null])).toEqual([400, expect.stringContaining("changes.1.kind")]);
		expect(await refusal([{ ...fine, status: 1 }])).toEqual([
			400,
			expect.stringContaining("field `changes.0.status`"),
		]);
		expect(await refusal([])).toEqual([400, expect.stringContaining("field `changes`")]);
	});
});

describe("a block that is bound to another person's device", () => {
	test("gets no more outputs", async () => {
		await change([{ kind: "set_features", do_id: at.fooObject, df_ids: [at.foo] }]);
		await change([{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE }]);
		await office.store.write(async ({ devices }) => {
			const [device] = await devices.list({ mac_addr: DEVICE });
			if (device !== undefined) await devices.put({ ...device, u_id: OTHER.u_id });
		});
		const path = `/project/${at.p}/deviceobject/${at.fooObject}`;
		const reply = await office.rest(TEACHER, "POST", path, { df: [at.foo, at.bar] });
		expect([reply.status, reply.body.reason]).toEqual([
			400,
			"The binded device cannot be use for odf",
		]);
		await office.ok(TEACHER, "POST", path, { df: [at.foo] });
	});
});
