import { expect, test } from "bun:test";
import { placeFailure } from "../../../../src/web/editor/project/place-failure.ts";
import { block, join, port, project } from "../lanes/graphs.ts";

const BLOCKS = [
	block(1, [port(1, "input"), port(2, "input")]),
	block(2, [port(3, "output"), port(4, "output")]),
];
const failure = (stage: "idf" | "join" | "odf" | null) => ({
	...{ na_id: 7, dfo_id: null, stage, reason: "bad" },
});
/** With functions at these. */
const graph = (...withFunction: readonly number[]) => {
	const whole = join(7, [1, 2, 3, 4]);
	const links = whole.links.map(({ dfo_id }) => {
		const fn_id = withFunction.includes(dfo_id) ? 9 : null;
		return { dfo_id, params: [{ param_i: 0, fn_id }] };
	});
	return project(BLOCKS, [{ ...whole, links } as unknown as typeof whole]);
};

test("a failure that names no link is of the one function of its side", () => {
	const at = (stage: "idf" | "join" | "odf" | null, ...withFunction: readonly number[]) =>
		placeFailure(failure(stage), graph(...withFunction)).dfo_id;
	expect(at("odf", 1, 4)).toBe(4);
	expect(at("idf", 1, 4)).toBe(1);
	expect(at("odf", 3, 4)).toBeNull();
	expect(at("odf", 1)).toBeNull();
	expect(at("join", 1, 4)).toBeNull();
	expect(at(null, 1, 4)).toBeNull();
});

test("one that names its link stays there, and so does one of a join that is gone", () => {
	const named = { ...failure("odf"), dfo_id: 3 };
	expect(placeFailure(named, graph(4))).toBe(named);
	const unknown = failure("odf");
	expect(placeFailure(unknown, project(BLOCKS))).toBe(unknown);
	expect(placeFailure(unknown, undefined)).toBe(unknown);
});
