import { describe, expect, test } from "bun:test";
import { visible, visibleLines } from "../../src/kit/terminal-text.ts";

test.each([
	["\u001b[2J", "\\u001b[2J"],
	["\u009b31m", "\\u009b31m"],
	["a\u007fb\u0000", "a\\u007fb\\u0000"],
	["user\u202egpj.exe", "user\\u202egpj.exe"],
	["\u2066x\u2069\u200e\u061c", "\\u2066x\\u2069\\u200e\\u061c"],
	["one\ntwo\r\n\tthree", "one\\ntwo\\r\\n\\tthree"],
	["\u2028\u2029\u0085", "\\u2028\\u2029\\u0085"],
	["\ud800x\udc00", "\\ud800x\\udc00"],
	["Straße 客廳 🙂 עברית \\n", "Straße 客廳 🙂 עברית \\n"],
])("%j is shown as %j", (text, shown) => {
	expect(visible(text)).toBe(shown);
});

describe("text of several lines", () => {
	test("keeps its lines and columns, and nothing else", () => {
		expect(visibleLines("a\n\tb\r\u001b\u202e")).toBe("a\n\tb\\r\\u001b\\u202e");
	});

	test("that is JSON keeps its value", () => {
		const value = { "\u009b": ["\u202e\u007f\u2028\u001b\n", 1] };
		expect(JSON.parse(visibleLines(JSON.stringify(value, null, 2)))).toEqual(value);
	});
});
