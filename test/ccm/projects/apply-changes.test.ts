import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { applyChanges } from "../../../src/ccm/projects/apply-changes.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import {
	type Change,
	ChangeSchema,
	type ProjectDocument,
	ProjectDocumentSchema,
} from "../../../src/contract/mod.ts";
import { TestContext } from "../support/change-context.ts";
import { project, uuid } from "../support/documents.ts";
import { followed } from "../support/followed.ts";
import { Random } from "../support/random.ts";

/** A project with two blocks of the first model, and a join of both their features. */
function small() {
	const context = new TestContext();
	const apply = (document: ProjectDocument, ...changes: Change[]) =>
		applyChanges(document, changes, context);
	const block: Change = { kind: "add_block", dm_id: 1, df_ids: [1, 2] };
	const { document } = apply(project([], []), block, block);
	const [a, b] = document.blocks.map(({ do_id, ports }) => ({
		do_id,
		input: ports[0]?.dfo_id ?? 0,
		output: ports[1]?.dfo_id ?? 0,
	}));
	if (a === undefined || b === undefined) throw new Error("no blocks");
	const dfo_ids = [a.input, b.input, b.output];
	const joined = apply(document, { kind: "add_join", na_name: "Join 1", na_idx: 0, dfo_ids });
	const na_id = joined.document.joins[0]?.na_id ?? 0;
	return { document: joined.document, a, b, na_id, apply };
}

/** The reason for which changes are refused. */
function refusal(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		if (error instanceof Refusal) return `${error.status} ${error.message}`;
		throw error;
	}
	return "none";
}

describe("changes of a project", () => {
	test("count as one revision, and tell the ids they gave", () => {
		const { document, a, apply } = small();
		const { document: after, done } = apply(
			document,
			{ kind: "set_alias", dfo_id: a.input, alias_name: "門" },
			{ kind: "add_block", dm_id: 2, df_ids: [4, 1] },
		);
		expect(after.rev).toBe(document.rev + 1);
		expect(after.blocks[2]?.ports.map(({ df_name }) => df_name)).toEqual(["D-O", "A-I"]);
		expect(done[1]).toEqual({ kind: "restore_block", block: after.blocks[2], at: 2 } as Change);
		expect([...Value.Errors(ProjectDocumentSchema, after)]).toEqual([]);
	});

	test("begin links with the model's parameters", () => {
		const { document } = small();
		expect(document.joins[0]?.links[0]?.params).toHaveLength(2);
		expect(document.joins[0]?.links[0]?.params[0]?.max).toBe(9);
	});

	test("take links and one-sided joins away with a block", () => {
		const { document, a, b, apply } = small();
		const without = apply(document, { kind: "remove_block", do_id: a.do_id });
		expect(without.document.joins[0]?.links.map(({ dfo_id }) => dfo_id)).toEqual([
			b.input,
			b.output,
		]);
		const none = apply(without.document, { kind: "remove_block", do_id: b.do_id });
		expect(none.document.joins).toEqual([]);
		const back = apply(none.document, ...none.inverse, ...without.inverse);
		expect({ ...back.document, rev: 0 }).toEqual({ ...document, rev: 0 });
	});

	test("keep ports that stay chosen, and take links of the others away", () => {
		const { document, a, apply } = small();
		const { document: after } = apply(document, {
			kind: "set_features",
			do_id: a.do_id,
			df_ids: [2],
		});
		expect(after.blocks[0]?.ports.map(({ dfo_id }) => dfo_id)).toEqual([a.output]);
		expect(after.joins[0]?.links).toHaveLength(2);
	});

	test("bind a device in place of another, and bring that one back", () => {
		const { document, a, apply } = small();
		const bind = (number: number): Change => ({
			kind: "bind",
			do_id: a.do_id,
			mac_addr: uuid(number),
		});
		const first = apply(document, bind(1)).document;
		const { document: second, inverse } = apply(first, bind(2));
		expect(second.blocks[0]?.bindings).toEqual([{ seat: 0, mac_addr: uuid(2) }]);
		expect(apply(second, ...inverse).document.blocks).toEqual(first.blocks);
	});

	test("are refused with a reason, and none of a set is carried out", () => {
		const { document, a, b, na_id, apply } = small();
		const reasonOf = (...changes: Change[]) => refusal(() => apply(document, ...changes));
		const ids = (...dfo_ids: number[]) =>
			reasonOf({ kind: "add_join", na_name: "J", na_idx: 1, dfo_ids });
		expect(ids(a.input, b.input)).toContain("400 NetworkApplication needs at least one output");
		expect(ids(a.output, b.output)).toContain("at least one input");
		expect(ids(a.input, 999)).toBe("404 Device Feature Object id 999 not found");
		expect(reasonOf({ kind: "add_block", dm_id: 99, df_ids: [1] })).toBe(
			"404 Device Model id 99 not found",
		);
		expect(reasonOf({ kind: "add_block", dm_id: 1, df_ids: [77] })).toBe(
			"404 Device Feature id 77 not found",
		);
		expect(reasonOf({ kind: "add_link", na_id, dfo_id: a.input })).toContain("linked to this join");
		expect(reasonOf({ kind: "remove_join", na_id: 99 })).toContain("404");
		expect(
			reasonOf({ kind: "set_link_param", na_id, dfo_id: a.input, param_i: 2, max: 1 }),
		).toContain("no parameter 2");
		expect(reasonOf({ kind: "bind", do_id: a.do_id, mac_addr: uuid(1), seat: 1 })).toContain(
			"no seat 1",
		);
		// The second one fails: the document is the old one anyway.
		const before = JSON.stringify(document);
		reasonOf({ kind: "remove_join", na_id }, { kind: "remove_block", do_id: 999 });
		expect(JSON.stringify(document)).toBe(before);
	});

	test("must not mix tags", () => {
		const { document, a, b, na_id, apply } = small();
		const wide = apply(document, { kind: "add_block", dm_id: 2, df_ids: [3] }).document;
		const tagged = wide.blocks[2]?.ports[0]?.dfo_id ?? 0;
		const dfo_ids = [a.input, tagged, b.output];
		const add: Change = { kind: "add_join", na_name: "J", na_idx: 1, dfo_ids };
		expect(refusal(() => apply(wide, add))).toContain("with the same Tag");
		const link: Change = { kind: "add_link", na_id, dfo_id: tagged };
		expect(refusal(() => apply(wide, link))).toContain("with the same Tag");
	});
});

describe("parts", () => {
	test("are only what is new", () => {
		const { document, a, b, na_id, apply } = small();
		const partsAfter = (...changes: Change[]) => apply(document, ...changes).parts;
		expect(partsAfter({ kind: "set_status", status: document.status })).toEqual({});
		const status = document.status === "on" ? "off" : "on";
		expect(partsAfter({ kind: "set_status", status })).toEqual({
			head: { p_name: document.p_name, status, sim: document.sim },
		});
		const moved = partsAfter({ kind: "move_block", do_id: a.do_id, at: 9 });
		expect(moved).toEqual({ block_ids: [b.do_id, a.do_id] });
		const named = partsAfter({ kind: "rename_join", na_id, na_name: "x" });
		expect(named).toEqual({ joins: [expect.objectContaining({ na_id, na_name: "x" })] });
		// A join that becomes one-sided goes with the block.
		const removed = partsAfter({ kind: "remove_block", do_id: b.do_id });
		expect(removed).toEqual({ block_ids: [a.do_id], na_ids: [] });
	});
});

describe("undo", () => {
	test("of a thousand random changes, one by one, gives the first document with its ids", () => {
		const random = new Random(31);
		const context = new TestContext();
		const block: Change = { kind: "add_block", dm_id: 1, df_ids: [1, 2] };
		const first = applyChanges(project([], []), [block, block], context).document;
		let document = first;
		const undo: (readonly Change[])[] = [];
		let refused = 0;
		while (undo.length < 1000) {
			const change = randomChange(random, document);
			expect([...Value.Errors(ChangeSchema, change)]).toEqual([]);
			try {
				const before = document;
				const changed = applyChanges(document, [change], context);
				document = changed.document;
				expect({ ...followed(before, changed.parts), rev: document.rev }).toEqual(document);
				undo.push(changed.inverse);
				const again = applyChanges(document, changed.inverse, context).document;
				expect([...Value.Errors(ProjectDocumentSchema, again)]).toEqual([]);
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				refused += 1;
			}
		}
		expect(refused).toBeLessThan(2000);
		for (const inverse of undo.toReversed()) {
			document = applyChanges(document, inverse, context).document;
		}
		expect({ ...document, rev: 0 }).toEqual({ ...first, rev: 0 });
	});
});

function randomChange(random: Random, { blocks, joins }: ProjectDocument): Change {
	const block = random.pick(blocks);
	const join = random.pick(joins);
	const ports = blocks.flatMap((one) => one.ports);
	const dfo_id = random.pick(ports)?.dfo_id ?? 1;
	const linked = random.pick(join?.links ?? [])?.dfo_id ?? 1;
	const [do_id, na_id] = [block?.do_id ?? 1, join?.na_id ?? 1];
	const at = random.below(4);
	const fn_id = random.chance(50) ? null : 1 + random.below(5);
	const df_ids = random.shuffled([1, 2, 3, 4]).slice(0, 1 + random.below(3));
	const two = random.shuffled(ports).slice(0, 2 + random.below(3));
	const choices: Change[] = [
		{ kind: "rename_project", p_name: `p${at}` },
		{ kind: "set_status", status: random.chance(50) ? "on" : "off" },
		{ kind: "set_simulation", sim: random.chance(50) ? "on" : "off" },
		{ kind: "add_block", dm_id: 1, df_ids: [1, 2] },
		{ kind: "add_block", dm_id: 2, df_ids },
		{ kind: "remove_block", do_id },
		{ kind: "set_features", do_id, df_ids },
		{ kind: "set_seats", do_id, seats: at === 0 ? null : at },
		{ kind: "move_block", do_id, at },
		{ kind: "set_alias", dfo_id, alias_name: `a${at}` },
		{ kind: "bind", do_id, mac_addr: uuid(at), seat: random.below(3) },
		{ kind: "unbind", do_id, seat: random.below(3) },
		{ kind: "add_join", na_name: "J", na_idx: at, dfo_ids: two.map((one) => one.dfo_id) },
		{ kind: "add_join", na_name: "J", na_idx: at, dfo_ids: two.map((one) => one.dfo_id) },
		{ kind: "rename_join", na_id, na_name: `n${at}` },
		{ kind: "remove_join", na_id },
		{ kind: "set_join_function", na_id, fn_id },
		{ kind: "set_crowd_rule", na_id, crowd: random.chance(50) ? "each" : "together" },
		{ kind: "add_link", na_id, dfo_id },
		{ kind: "add_link", na_id, dfo_id },
		{ kind: "remove_link", na_id, dfo_id: linked },
		{ kind: "move_link", na_id, dfo_id: linked, at },
		{ kind: "set_link_param", na_id, dfo_id: linked, param_i: 0, fn_id, max: at },
	];
	// Two documents that fail on one side only say little.
	if (ports.length < 2) return { kind: "add_block", dm_id: 1, df_ids: [1, 2] };
	return random.pick(choices) ?? { kind: "remove_block", do_id };
}
