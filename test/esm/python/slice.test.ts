import { describe, expect, test } from "bun:test";
import { readSlice } from "../../../src/esm/python/slice.ts";

const read = (...fields: string[]) => readSlice(fields.join("\x1e"), 5, 20);
const error = { graph: 1, kind: "time", stage: "idf" as const, digest: "d", src: "s", reason: "r" };

describe("slices of the engine", () => {
	test("every kind of record is read", () => {
		expect(
			read("3", "12", "[1]", "m4", "{}", "p", '{"graph":1,"text":"x"}', "e", JSON.stringify(error)),
		).toEqual({
			done: 3,
			records: [
				{ kind: "output", linkId: 12, json: "[1]" },
				{ kind: "monitor", graph: 4, json: "{}" },
				{ kind: "printed", printed: { graph: 1, text: "x" } },
				{ kind: "error", error },
			],
		});
		expect(read("5")).toEqual({ done: 5, records: [] });
	});

	test.each([
		[["0"]],
		[["6"]],
		[["-1"]],
		[["1.5"]],
		[["x"]],
		[[""]],
		[["1", "12", "x".repeat(21)]],
		[["1", "e", "{}"]],
		[["1", "e", "nonsense"]],
		[["1", "p", '{"graph":"x","text":1}']],
	])("%j makes no sense", (fields) => {
		expect(() => read(...fields)).toThrow("it ");
	});
});
