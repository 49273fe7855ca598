import { describe, expect, test } from "bun:test";
import { applyChanges } from "../../../src/ccm/projects/apply-changes.ts";
import { exportFile } from "../../../src/ccm/projects/export-file.ts";
import { importFile } from "../../../src/ccm/projects/import-file.ts";
import { portsOf } from "../../../src/ccm/projects/lookup.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { joinItem } from "../../../src/ccm/service/shapes.ts";
import {
	type Change,
	MAX_JOINS,
	MAX_LINKS,
	type ProjectDocument,
} from "../../../src/contract/mod.ts";
import { cpuOf } from "../../support/processor-time.ts";
import { TestContext } from "../support/change-context.ts";
import { block, join, link, port, project } from "../support/documents.ts";

const context = new TestContext();
const apply = (document: ProjectDocument, ...changes: Change[]) =>
	applyChanges(document, changes, context);

/** Blocks with an input and an output each; their ports are numbered from 1 on. */
function blocks(count: number) {
	return Array.from({ length: count }, (_, i) =>
		block(i + 1, null, [
			port({ dfo_id: 2 * i + 1, df_name: "A-I" }),
			port({ dfo_id: 2 * i + 2, df_name: "B-O", df_id: 2 }),
		]),
	);
}

const all = Array.from({ length: MAX_LINKS }, (_, i) => i + 1);
const full = project(blocks(MAX_LINKS / 2), [
	join(
		1,
		all.map((id) => link(id)),
	),
]);

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

/** Two to ten times what each step took; where its work grew with the square of the links it took longer. */
const LONGEST_MS = 200;

describe("the limits of a project", () => {
	test("stop a join that the store would not read back", () => {
		const joins = Array.from({ length: MAX_JOINS }, (_, i) => ({
			...join(i + 1, [link(1), link(2)]),
			na_idx: i,
		}));
		const one: Change = { kind: "add_join", na_name: "more", na_idx: MAX_JOINS, dfo_ids: [1, 2] };
		expect(refusal(() => apply(project(blocks(1), joins), one))).toBe(
			"400 a project has at most 1000 NetworkApplications",
		);
		const { document } = apply(project(blocks(1), joins.slice(1)), one);
		expect(document.joins).toHaveLength(MAX_JOINS);
	});

	test("count the links of all joins", () => {
		const one: Change = { kind: "add_join", na_name: "more", na_idx: 1, dfo_ids: [1, 2] };
		expect(refusal(() => apply(full, one))).toBe("400 a project has at most 10000 links");
	});

	test("do not keep a project that is over them from becoming smaller", () => {
		const [before] = full.joins;
		if (before === undefined) throw new Error("no join");
		const over = { ...full, joins: [before, { ...join(2, [link(1), link(2)]), na_idx: 1 }] };
		expect(apply(over, { kind: "set_alias", dfo_id: 1, alias_name: "門" }).document.rev).toBe(1);
		expect(apply(over, { kind: "remove_join", na_id: 2 }).document.joins).toEqual([before]);
	});
});

describe("a project with as many links as possible", () => {
	test("is joined, changed and taken back without holding everything else up", () => {
		const empty = { ...full, joins: [] };
		let made = empty as ProjectDocument;
		const add: Change = { kind: "add_join", na_name: "all", na_idx: 0, dfo_ids: all };
		expect(cpuOf(() => (made = apply(empty, add).document))).toBeLessThan(LONGEST_MS);
		const na_id = made.joins[0]?.na_id ?? 0;
		const changes = all.map(
			(dfo_id): Change => ({ kind: "set_link_param", na_id, dfo_id, param_i: 0, max: dfo_id }),
		);
		let after = apply(made);
		expect(cpuOf(() => (after = apply(made, ...changes)))).toBeLessThan(LONGEST_MS);
		expect(after.document.joins[0]?.links[4711]?.params[0]?.max).toBe(4712);
		let back = after;
		const undo = () => (back = apply(after.document, ...after.inverse));
		expect(cpuOf(undo)).toBeLessThan(LONGEST_MS);
		expect(back.document).toEqual({ ...made, rev: 3 });
	});

	test("is shown, exported and imported", () => {
		const [one] = full.joins;
		if (one === undefined) throw new Error("no join");
		expect(cpuOf(() => joinItem(1, portsOf(full), one))).toBeLessThan(LONGEST_MS);
		const joins = Array.from({ length: MAX_JOINS }, (_, i) => ({
			...join(i + 1, one.links.slice(10 * i, 10 * i + 10)),
			na_idx: i,
		}));
		let file = exportFile(project([], []), () => null);
		const take = () => (file = exportFile({ ...full, joins }, () => null));
		expect(cpuOf(take)).toBeLessThan(LONGEST_MS);
		const features = context.model(1)?.features ?? [];
		const models = { ...context, model: () => ({ dm_id: 1, dm_name: "Model", features }) };
		const bring = () =>
			importFile(file, { ...models, fnId: () => undefined, newId: () => context.newId("do") });
		expect(cpuOf(bring)).toBeLessThan(LONGEST_MS);
	});
});
