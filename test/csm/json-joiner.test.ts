import { describe, expect, test } from "bun:test";
import { JsonJoiner } from "../../src/csm/json-joiner.ts";

/** As dash's echo prints it. */
const echoed = (text: string) =>
	text.replaceAll(/\\([nt\\])/g, (_all, letter: string) =>
		letter === "n" ? "\n" : letter === "t" ? "\t" : "\\",
	);

function joined(...lines: string[]): JsonJoiner {
	const joiner = new JsonJoiner();
	for (const line of lines) joiner.add(line);
	return joiner;
}

describe("what a shell's echo has cut", () => {
	test.each([
		"def run(x): return int(x)\n",
		"import math\n\n\ndef run(x):\n\tif x > 0:\n\t\treturn math.sqrt(x)\n\treturn 0\n",
		'def run(x): return {"a": [x]}\n',
		"s = 1 + \\\n  2\ndef run(x): return s\n",
		"\n{}\n[\n",
	])("source %j comes back as it was", (code) => {
		const request = { op: "add_funcs", codes: [code, code], digests: ["x"] };
		const joiner = joined(...echoed(JSON.stringify(request)).split("\n"));
		expect(joiner.isWhole).toBe(true);
		expect(JSON.parse(joiner.text)).toEqual(request);
	});

	test("lines of JSON that is laid out for people are whole with the last one", () => {
		const lines = JSON.stringify({ op: "attach", deep: [{ "}": "]" }] }, null, "\t").split("\n");
		const joiner = joined(...lines.slice(0, -1));
		expect(joiner.isWhole).toBe(false);
		joiner.add(lines.at(-1) ?? "");
		expect([joiner.isWhole, joiner.pieces]).toEqual([true, lines.length]);
		expect(JSON.parse(joiner.text)).toEqual({ op: "attach", deep: [{ "}": "]" }] });
	});

	test("too many brackets end it, an open text does not", () => {
		expect(joined('{"a":1}}').isWhole).toBe(true);
		expect(joined('{"a":"}').isWhole).toBe(false);
		expect(joined('{"a":"\\"}').isWhole).toBe(false);
	});
});
