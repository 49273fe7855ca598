import { expect, test } from "bun:test";
import { EMBEDDED_SOURCE, PYTHON3_SOURCE } from "../../../src/dataflow/python/engine-source.ts";

test("both programs have all parts, in the order in which they use each other, and then their main part", () => {
	const order = [
		...[
			"class TimeLimit",
			"def values_of",
			"class Function:",
			"def build_record",
			"class Idf:",
			"class Graph:",
		],
		"def start_batch",
	];
	for (const [source, main] of [
		[EMBEDDED_SOURCE, "def settle(limits_text)"],
		[PYTHON3_SOURCE, "serve(sys.argv[1])"],
	] as const) {
		const places = [...order, main].map((text) => source.indexOf(`\n${text}`));
		expect(places).toEqual(places.toSorted((a, b) => a - b));
		expect(places[0]).toBeGreaterThan(0);
	}
});

test("a function's traceback cannot be taken for the engine's: parts have no module names", () => {
	expect(EMBEDDED_SOURCE).not.toContain("__name__ ==");
	expect(PYTHON3_SOURCE).not.toContain("__name__ ==");
});
