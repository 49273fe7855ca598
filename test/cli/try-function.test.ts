import { expect, test } from "bun:test";
import { reportText } from "../../src/cli/try-function.ts";

const fine = { error: null, printed: "", ms: 0.42 };

test("each sample has its result or error, and what was printed", () => {
	const error = { line: 3, reason: "Traceback …\nZeroDivisionError: division by zero\n" };
	const samples = [
		{ ...fine, result: 0.5, printed: "got 1\nand 2\n" },
		{ ...fine, error },
		{ ...fine },
	];
	expect(reportText([[1, 2], [1, 0], 7], { loading: { ...fine, printed: "hello" }, samples })).toBe(
		[
			"  | hello",
			"[1,2] → 0.5  (0.4 ms)",
			"  | got 1",
			"  | and 2",
			"[1,0] → error: line 3: ZeroDivisionError: division by zero  (0.4 ms)",
			"7 → null  (0.4 ms)",
			"",
		].join("\n"),
	);
});

test("what cannot be loaded is said once", () => {
	const loading = { ...fine, error: { line: 1, reason: "SyntaxError: invalid syntax" } };
	const samples = [loading, loading];
	expect(reportText([1, 2], { loading, samples })).toBe(
		"error: line 1: SyntaxError: invalid syntax\n",
	);
});
