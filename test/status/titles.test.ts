import { describe, expect, test } from "bun:test";
import { Titles } from "../../src/status/titles.ts";

describe("a function's title", () => {
	test.each([
		["def run(x): return int(x)\n", "def run(x): return int(x)"],
		["\n\n  # Squares.\ndef run(x):\n    return x ** 2\n", "# Squares."],
		["def run(x):\n\n    return x ** 2\n", "def run(x): return x ** 2"],
		[
			"import math\nfrom a import b\ndef run(x):\n\treturn math.sqrt(x)\n",
			"def run(x): return math.sqrt(x)",
		],
		["import math\n", "import math"],
		["def run(x):", "def run(x):"],
		[`x = "${"a".repeat(100)}"`, `x = "${"a".repeat(75)} …`],
		["", null],
		[" \n\n", null],
	])("of %j is %j", (code, title) => {
		expect(new Titles(() => code).of("d")).toBe(title);
	});

	test("is read once, and is none for a source that is gone", () => {
		let reads = 0;
		const titles = new Titles((digest) => {
			reads += 1;
			return digest === "a" ? "def run(x): return x" : undefined;
		});
		titles.of("a");
		titles.of("a");
		expect(reads).toBe(1);
		expect(titles.of("b")).toBeNull();
	});
});
