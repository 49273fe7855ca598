import { describe, expect, test } from "bun:test";
import { membershipsOf } from "../../../src/ccm/plan/crowds.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import { portsOf } from "../../../src/ccm/projects/lookup.ts";
import type { Join } from "../../../src/contract/mod.ts";
import { block, crowd, join, link, port, project, uuid } from "../support/documents.ts";

const phones = crowd(1, { 0: 10, 2: 12, 5: 15 }, [
	port({ dfo_id: 11, df_name: "Color-I" }),
	port({ dfo_id: 12, df_name: "Text-O" }),
]);
const robots = crowd(2, { 2: 22, 5: 25, 7: 27 }, [
	port({ dfo_id: 21, df_name: "Speed-I" }),
	port({ dfo_id: 22, df_name: "Move-O" }),
]);
const lamp = block(3, 30, [port({ dfo_id: 31, df_name: "Color-O" })]);
const dial = block(4, 40, [port({ dfo_id: 41, df_name: "Dial-I" })]);
const BLOCKS = [phones, robots, lamp, dial];
const AVERAGE = { fn_id: 9, fn_name: "average", code: "def run(*args):\n    return args[0]\n" };

const ruled = (rule: Join["crowd"], links: readonly number[], fn_id: number | null = null) => ({
	...join(
		7,
		links.map((id) => link(id)),
		fn_id,
	),
	crowd: rule,
});
/** Graph → its links, by mode and number of the device. */
function graphs(one: Join, blocks = BLOCKS) {
	const specs = desiredGraphs(project(blocks, [one]), () => AVERAGE);
	const name = ({ daId, mode, feature }: { daId: string; mode: string; feature: string }) =>
		`${mode === "idf" ? "<" : ">"}${feature} ${Number.parseInt(daId.slice(-12), 16)}`;
	return Object.fromEntries(
		specs.map(({ graph, links }) => [graph, links.map(({ key }) => name(key))]),
	);
}

describe("a join with a crowd", () => {
	test("has a graph for each member, and what a member sends comes back to it", () => {
		expect(graphs(ruled("each", [11, 12, 31]))).toEqual({
			"7-0": ["<Color-I 10", ">Text-O 10", ">Color-O 30"],
			"7-2": ["<Color-I 12", ">Text-O 12", ">Color-O 30"],
			"7-5": ["<Color-I 15", ">Text-O 15", ">Color-O 30"],
		});
	});

	test("has one graph for all of them together", () => {
		expect(graphs(ruled("together", [41, 11, 31, 12]))).toEqual({
			"7": [
				...["<Dial-I 40", "<Color-I 10", "<Color-I 12", "<Color-I 15"],
				...[">Color-O 30", ">Text-O 10", ">Text-O 12", ">Text-O 15"],
			],
		});
	});

	test("tells all members where only outputs are a crowd, by either rule", () => {
		const all = { "7": ["<Dial-I 40", ">Text-O 10", ">Text-O 12", ">Text-O 15"] };
		expect(graphs(ruled("each", [41, 12]))).toEqual(all);
		expect(graphs(ruled("together", [41, 12]))).toEqual(all);
	});

	test("pairs two crowds seat by seat; a member whose partner is missing waits", () => {
		expect(graphs(ruled("each", [11, 21, 31]))).toEqual({
			"7-2": ["<Color-I 12", "<Speed-I 22", ">Color-O 30"],
			"7-5": ["<Color-I 15", "<Speed-I 25", ">Color-O 30"],
		});
		// As an output it is left out, as any block without a device.
		expect(graphs(ruled("each", [11, 22]))).toEqual({
			"7-0": ["<Color-I 10"],
			"7-2": ["<Color-I 12", ">Move-O 22"],
			"7-5": ["<Color-I 15", ">Move-O 25"],
		});
	});

	test("keeps the other devices linked while no member is there", () => {
		const empty = crowd(1, {}, phones.ports);
		const [other] = [crowd(2, {}, robots.ports)];
		expect(graphs(ruled("each", [11, 41, 31]), [empty, lamp, dial])).toEqual({
			"7": ["<Dial-I 40", ">Color-O 30"],
		});
		expect(graphs(ruled("each", [11, 21, 31]), [phones, other, lamp])).toEqual({
			"7": [">Color-O 30"],
		});
		expect(graphs(ruled("together", [11, 31]), [empty, lamp])).toEqual({ "7": [">Color-O 30"] });
	});

	test("runs its function over members together, though it has one input, and not over each", () => {
		const specs = (rule: Join["crowd"], links: number[]) =>
			desiredGraphs(project(BLOCKS, [ruled(rule, links, 9)]), () => AVERAGE);
		const [together] = specs("together", [11, 31]);
		expect(together?.join).toEqual(AVERAGE);
		expect([...(together?.members ?? [])]).toEqual(
			[10, 12, 15].map((device) => `idf ${uuid(device)} Color-I`),
		);
		expect(specs("each", [11, 31]).map(({ join: fn }) => fn)).toEqual([null, null, null]);
		expect(specs("each", [11, 41, 31])[0]).toMatchObject({ join: AVERAGE, members: new Set() });
		// Of other inputs nothing is left out.
		expect(specs("together", [11, 41, 31])[0]?.members.size).toBe(3);
	});
});

test("a join without a crowd has one graph by either rule, with the first device of each block", () => {
	for (const rule of ["each", "together"] as const) {
		expect(graphs(ruled(rule, [41, 31]))).toEqual({ "7": ["<Dial-I 40", ">Color-O 30"] });
	}
});

test("the first graph of a join is that of the first member, wherever it has its seat", () => {
	const first = (one: Join, blocks = BLOCKS) =>
		membershipsOf(one, portsOf(project(blocks, [one])))[0];
	const late = crowd(1, { 5: 15, 3: 13 }, phones.ports);
	expect(first(ruled("each", [11, 31]), [late, lamp])).toMatchObject({ graph: "7-3", seat: 3 });
	expect(first(ruled("together", [11, 31]))).toMatchObject({ graph: "7", seat: null });
});
