import { expect, test } from "bun:test";
import { pythonText } from "../../src/kit/python-text.ts";

test.each<[unknown, string]>([
	["plain", "plain"],
	[null, "None"],
	[true, "True"],
	[5, "5"],
	[1.5, "1.5"],
	[["a", null, 'say "x"'], `['a', None, 'say "x"']`],
	[{ k: ["it's"] }, `{'k': ["it's"]}`],
])("Python's text of %j is %s", (value, text) => {
	expect(pythonText(value)).toBe(text);
});
