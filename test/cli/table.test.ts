import { expect, test } from "bun:test";
import { table } from "../../src/cli/table.ts";

test("columns are as wide as their widest cell, and no line ends with blanks", () => {
	const rows = [
		["NAME", "STATE", ""],
		["a", "offline", "x"],
		["longer name", "on", ""],
	];
	expect(table(rows)).toBe("NAME         STATE\na            offline  x\nlonger name  on");
});

test("what a terminal would act on is shown escaped, and counted as shown", () => {
	expect(table([["a\u001b[2J", "b"]])).toBe("a\\u001b[2J  b");
});

test("Chinese characters take two columns", () => {
	expect(
		table([
			["天氣", "a"],
			["x", "b"],
		]),
	).toBe("天氣  a\nx     b");
});
