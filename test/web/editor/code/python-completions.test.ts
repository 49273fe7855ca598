import { describe, expect, test } from "bun:test";
import { offersAt } from "../../../../src/web/editor/code/python-completions.ts";

const LIST = {
	builtins: [
		{ name: "print", kind: "function", signature: "(*args)" },
		{ name: "ValueError", kind: "class" },
	],
	modules: {
		math: [
			{ name: "sin", kind: "function", signature: "(x, /)" },
			{ name: "pi", kind: "value" },
		],
		random: [],
	},
} as const;

/** What is offered at `|`. */
function offered(text: string, isAsked = false) {
	const at = text.indexOf("|");
	const source = text.replace("|", "");
	const offers = offersAt(source, at, LIST, isAsked);
	return offers && { from: offers.from, labels: offers.options.map(({ label }) => label) };
}

describe("completions", () => {
	test("of a module are its names, also under another name", () => {
		expect(offered("import math\nmath.s|")).toEqual({ from: 17, labels: ["sin", "pi"] });
		expect(offered("import math as m\nm.|")?.labels).toEqual(["sin", "pi"]);
		expect(offered("from math import |")?.labels).toEqual(["sin", "pi"]);
		expect(offered("from math import pi, s|")?.labels).toEqual(["sin", "pi"]);
		expect(offered("x.|")).toBeUndefined();
	});

	test("behind import are modules", () => {
		expect(offered("import |")?.labels).toEqual(["math", "random"]);
		expect(offered("from ma|")?.labels).toEqual(["math", "random"]);
	});

	test("elsewhere are the source's names, Python's and its words", () => {
		const { from, labels = [] } = offered("def run(亮度):\n    return 亮|") ?? {};
		expect(from).toBe(24);
		expect(labels.slice(0, 4)).toEqual(["run", "亮度", "print", "ValueError"]);
		expect(labels).toContain("while");
		// What is just being typed is not a name yet.
		expect(labels).not.toContain("亮");
	});

	test("are not offered before a letter, unless asked for", () => {
		expect(offered("x = |")).toBeUndefined();
		expect(offered("x = |", true)?.labels).toContain("print");
		expect(offered("def ru|")).toBeUndefined();
	});

	test("there are the source's names while the server's list is not there", () => {
		expect(offersAt("abc\na", 5, undefined, false)?.options[0]).toEqual({
			label: "abc",
			type: "variable",
		});
	});

	test("say how a function is called", () => {
		expect(offersAt("import math\nmath.", 17, LIST, false)?.options[0]).toEqual({
			label: "sin",
			type: "function",
			detail: "(x, /)",
		});
	});
});
