import { describe, expect, test } from "bun:test";
import { readRecord } from "../../../src/ccm/live/monitor-record.ts";
import type { Wire } from "../../../src/ccm/live/wires.ts";

const ID = "01234567-89ab-4def-8123-456789abcdef";
const wire = (dfo_id: number, type: Wire["type"], feature: string): Wire => ({
	...{ na_id: 7, dfo_id, type, graph: "7", seat: null },
	key: `${type === "input" ? "idf" : "odf"} ${ID} ${feature}`,
});
const WIRES = [wire(1, "input", "A-I"), wire(2, "output", "B-O"), wire(3, "output", "C-O")];

const read = (record: unknown, wires: readonly Wire[] = WIRES) =>
	readRecord(
		new TextEncoder().encode(typeof record === "string" ? record : JSON.stringify(record)),
		wires,
	);
const info = (input: string, output: string, join: string, odf: string) =>
	`{"op":"monitor_info","data":{"idf":{"id":["${ID}","A-I"],"input":${input},"output":${output}},"join":{"input":[1],"output":${join}},"odf":[{"id":["${ID.toUpperCase()}","B-O"],"output":${odf}}]}}`;
const failure = (msg: string) => read({ op: "esm_error", data: { msg, src: null } });

describe("a monitor record", () => {
	test("tells the values of its wires, numbers as they were written", () => {
		expect(read(info("[1.0]", "[12345678901234567890]", "3", "[3, null]")).values).toEqual([
			{ na_id: 7, dfo_id: 1, input: "[1.0]", value: "[12345678901234567890]" },
			{ na_id: 7, dfo_id: null, value: "3" },
			{ na_id: 7, dfo_id: 2, value: "[3,null]" },
		]);
	});

	test("tells what the join had of its other inputs, where their order is known", () => {
		const wires = [...WIRES, wire(4, "input", "D-I"), wire(5, "input", "E-I")];
		const [a, d, e] = ["A-I", "D-I", "E-I"].map((feature) => `idf ${ID} ${feature}`);
		const text = info("[1]", "[1]", "3", "[3]").replace(
			'"input":[1],"output":3',
			'"input":[[2.0],[1],null],"output":3',
		);
		const told = (...slots: (string | undefined)[]) => {
			const bytes = new TextEncoder().encode(text);
			return readRecord(bytes, wires, slots.map(String)).others;
		};
		expect(told(d, a, e)).toEqual([{ na_id: 7, dfo_id: 4, value: "[2.0]" }]);
		expect(told(d, a)).toEqual([]);
		expect(read(text, wires).others).toEqual([]);
	});

	test("tells of which member of a crowd it comes, and of other members nothing", () => {
		const other = ID.replace("0", "1");
		const member = (seat: number, id: string, dfo_id = 1): Wire => ({
			...{ na_id: 7, dfo_id, type: "input", graph: "7", seat },
			key: `idf ${id} ${dfo_id === 1 ? "A-I" : "D-I"}`,
		});
		const wires = [member(3, ID), member(5, other), ...WIRES.slice(1)];
		const text = info("[1]", "[1]", "3", "[3]").replace(
			'"input":[1],"output":3',
			'"input":[[2.0],[1],[4]],"output":3',
		);
		const slots = [`idf ${other} A-I`, `idf ${ID} A-I`, `idf ${ID} D-I`];
		const told = (of: readonly Wire[]) => readRecord(new TextEncoder().encode(text), of, slots);
		expect(told(wires)).toEqual({
			values: [
				{ na_id: 7, dfo_id: 1, value: "[1]", input: "[1]", seat: 3 },
				{ na_id: 7, dfo_id: null, value: "3", seat: 3 },
				{ na_id: 7, dfo_id: 2, value: "[3]", seat: 3 },
			],
			others: [],
		});
		// A member's other feature.
		const own = [member(3, ID), member(3, ID, 4)];
		expect(told(own).others).toEqual([{ na_id: 7, dfo_id: 4, value: "[4]", seat: 3 }]);
	});

	test("tells for which member of a crowd a function failed, where the graph is for one", () => {
		const fails = (wires: readonly Wire[]) =>
			read({ op: "esm_error", data: { msg: "join function failure:\nno", src: null } }, wires)
				.failure;
		const seated = (seat: number | null) => WIRES.map((one) => ({ ...one, seat }));
		expect(fails(seated(4))).toEqual({
			na_id: 7,
			dfo_id: null,
			stage: "join",
			seat: 4,
			reason: "no",
		});
		expect(fails(seated(null))).not.toHaveProperty("seat");
		expect(fails([...seated(4), ...seated(null)])).not.toHaveProperty("seat");
	});

	test("shows at most 200 characters of a value, none of them halved", () => {
		const long = JSON.stringify("溫".repeat(500));
		const [first] = read(info("[1]", long, "1", "1")).values;
		expect(first?.value).toHaveLength(200);
		expect(first?.value.endsWith("溫…")).toBe(true);
		const [pair] = read(info("[1]", JSON.stringify(`${"x".repeat(197)}😀😀`), "1", "1")).values;
		expect(pair?.value).toBe(`"${"x".repeat(197)}…`);
	});

	test("tells failures, with their link where there is one only", () => {
		const idf = "idf function failure:\nZeroDivisionError: division by zero";
		expect(failure(idf).failure).toEqual({
			...{ na_id: 7, dfo_id: 1, stage: "idf" },
			reason: "ZeroDivisionError: division by zero",
		});
		expect(failure("odf function failure:\nx").failure).toMatchObject({
			dfo_id: null,
			stage: "odf",
		});
		expect(failure("join function failure:\nx").failure).toMatchObject({
			dfo_id: null,
			stage: "join",
		});
		expect(failure("the engine was restarted").failure).toMatchObject({ stage: null });
		expect(failure("y".repeat(5000)).failure?.reason).toHaveLength(1000);
	});

	test.each([
		["no JSON", "{"],
		["another shape", '{"op":"monitor_info","data":7}'],
		["a list", "[]"],
		["another operation", '{"op":"x","data":{"msg":"y"}}'],
		["a megabyte", JSON.stringify("x".repeat(1 << 20))],
	])("that is %s is left out", (_, text) => {
		expect(read(text)).toEqual({ values: [], others: [] });
	});

	test("of wires that are gone, or of none, is left out", () => {
		expect(read(info("1", "1", "1", "1"), [])).toEqual({ values: [], others: [] });
		const [join] = read(info("1", "1", "1", "1"), [wire(9, "input", "other")]).values;
		expect(join).toEqual({ na_id: 7, dfo_id: null, value: "1" });
	});
});
