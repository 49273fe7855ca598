import { expect, test } from "bun:test";
import { unusedExports } from "../../scripts/unused-exports.ts";

test("what no other file uses is named, but types and what tests use are not", () => {
	const texts = new Map([
		[
			"src/a.ts",
			"export const MAX = 1;\nexport function own(): void {}\nown();\nexport class Used {}",
		],
		[
			"src/b.ts",
			"export interface Shape {}\nexport async function tested() {}\nconst MAXIMUM = Used;",
		],
		["test/b.test.ts", "export const helper = tested;"],
	]);
	expect(unusedExports(texts)).toEqual([
		"src/a.ts exports MAX, which no other file uses",
		"src/a.ts exports own, which no other file uses",
	]);
});
