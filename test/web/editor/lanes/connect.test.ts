import { describe, expect, test } from "bun:test";
import { signal } from "@preact/signals";
import type { Change } from "../../../../src/contract/mod.ts";
import {
	Connector,
	type ParamTypes,
	planConnection,
	type Refused,
} from "../../../../src/web/editor/lanes/connect.ts";
import type { End } from "../../../../src/web/editor/lanes/model.ts";
import { block, join, port, project } from "./graphs.ts";

const at = (id: number): End => ({ kind: "port", id });
const on = (id: number): End => ({ kind: "join", id });
const name = (number: number) => `Join ${number}`;

const document = project(
	[
		block(1, [port(11, "input"), port(12, "input", { param_no: 3 }), port(13, "input")]),
		block(2, [port(21, "output"), port(22, "output", { tags: ["ID"] })]),
	],
	[join(7, [11, 21], { na_idx: 0 }), join(8, [12, 21], { na_idx: 2 })],
);
const plan = (a: End, b: End, types?: ParamTypes) => planConnection(document, [a, b], name, types);

describe("a connection", () => {
	test("of an input and an output makes a join in the first free place, from either end", () => {
		const changes: Change[] = [
			{ kind: "add_join", na_name: "Join 2", na_idx: 1, dfo_ids: [13, 21] },
		];
		expect(plan(at(13), at(21))).toEqual({ ok: true, changes });
		expect(plan(at(21), at(13))).toEqual({ ok: true, changes });
	});

	test("with a join adds the port to it, from either end", () => {
		const changes: Change[] = [{ kind: "add_link", na_id: 7, dfo_id: 13 }];
		expect(plan(at(13), on(7))).toEqual({ ok: true, changes });
		expect(plan(on(7), at(13))).toEqual({ ok: true, changes });
	});

	const refusals: [string, End, End, Refused][] = [
		["two inputs", at(11), at(12), "same-side"],
		["two joins", on(7), on(8), "two-joins"],
		["a port with itself", at(11), at(11), "itself"],
		["a join with itself", on(7), on(7), "itself"],
		["what is linked already", at(11), on(7), "linked"],
		["different tags", at(11), at(22), "tags"],
		["different tags on a join", at(22), on(7), "tags"],
		["a port that is gone", at(99), at(21), "gone"],
		["a join that is gone", at(11), on(99), "gone"],
	];
	test.each(refusals)("is refused for %s", (_, a, b, reason) => {
		expect(plan(a, b)).toEqual({ ok: false, reason });
	});

	test("warns of different numbers of values", () => {
		expect(plan(at(12), at(21))).toMatchObject({ warning: { kind: "counts", from: 3, to: 1 } });
		expect(plan(at(12), on(7))).toMatchObject({ warning: { kind: "counts", from: 3, to: 1 } });
	});

	test("warns of different types, though not of different numbers", () => {
		const text = new Map([
			[13, ["string"]],
			[21, ["float"]],
		]);
		const types = { kind: "types", from: "string", to: "float" };
		expect(plan(at(13), at(21), text)).toMatchObject({ warning: types });
		const numbers = new Map([
			[13, ["int"]],
			[21, ["float"]],
		]);
		expect(plan(at(13), at(21), numbers)).not.toHaveProperty("warning");
	});
});

describe("connecting step by step", () => {
	function setUp() {
		const done: (readonly Change[])[] = [];
		const refused: Refused[] = [];
		const connector = new Connector({
			document: signal(document),
			joinName: name,
			types: signal(new Map()),
			connect: (changes) => done.push(changes),
			refuse: (reason) => refused.push(reason),
		});
		return { connector, done, refused };
	}

	test("connects the port picked first with the one picked next", () => {
		const { connector, done } = setUp();
		expect(connector.pick(at(13))).toBe(true);
		expect(connector.from.value).toEqual(at(13));
		expect(connector.pick(at(21))).toBe(true);
		expect(done).toHaveLength(1);
		expect(connector.from.value).toBeUndefined();
	});

	test("starts over on a port of the same side, and ends on the same port", () => {
		const { connector, done, refused } = setUp();
		connector.pick(at(11));
		connector.pick(at(13));
		expect(connector.from.value).toEqual(at(13));
		connector.pick(at(13));
		expect(connector.from.value).toBeUndefined();
		expect([done, refused]).toEqual([[], []]);
	});

	test("leaves a join that is only looked at alone", () => {
		const { connector } = setUp();
		expect(connector.pick(on(7))).toBe(false);
		expect(connector.from.value).toBeUndefined();
	});

	test("says why it does not work, and goes on", () => {
		const { connector, done, refused } = setUp();
		connector.pick(at(11));
		connector.pick(on(7));
		expect(refused).toEqual(["linked"]);
		expect(connector.from.value).toEqual(at(11));
		connector.pick(on(8));
		expect(done).toEqual([[{ kind: "add_link", na_id: 8, dfo_id: 11 }]]);
	});

	test("tells what it would mean while the pointer is over an end", () => {
		const { connector } = setUp();
		connector.begin(at(12));
		connector.over.value = at(12);
		expect(connector.plan.value).toBeUndefined();
		connector.over.value = at(21);
		expect(connector.plan.value).toMatchObject({ ok: true, warning: { kind: "counts" } });
		connector.over.value = at(22);
		expect(connector.plan.value).toEqual({ ok: false, reason: "tags" });
	});
});

describe("connecting by dragging", () => {
	test("ends where it is dropped, also on nothing or on itself", () => {
		const done: (readonly Change[])[] = [];
		const refused: Refused[] = [];
		const connector = new Connector({
			document: signal(document),
			joinName: name,
			types: signal(new Map()),
			connect: (changes) => done.push(changes),
			refuse: (reason) => refused.push(reason),
		});
		for (const end of [undefined, at(13), at(21)]) {
			connector.begin(at(13));
			connector.drop(end);
			expect(connector.from.value).toBeUndefined();
		}
		connector.begin(on(7));
		connector.drop(on(8));
		expect(done).toHaveLength(1);
		expect(refused).toEqual(["two-joins"]);
	});
});
