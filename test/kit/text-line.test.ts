import { describe, expect, test } from "bun:test";
import { localTime } from "../../src/kit/local-time.ts";
import { textLine } from "../../src/kit/text-line.ts";

const time = "2026-03-04T05:06:07.089Z";
const shownTime = `[${localTime(Date.parse(time))}]`;
const line = (event: object) =>
	`${JSON.stringify({ level: "info", time, component: "esm", room: "esm", ...event })}\n`;

describe("an event as a line of text", () => {
	test("says when, how bad, where and what", () => {
		expect(textLine(line({ msg: "ready" }), false)).toBe(`${shownTime} INFO: esm: ready\n`);
		expect(textLine(line({ level: "warn", msg: "x" }), false)).toBe(`${shownTime} WARN: esm: x\n`);
	});

	test("shows all other fields as JSON, in their order, whatever they are called", () => {
		const fields = {
			pid: 7,
			err: "e",
			a: { b: [1, null] },
			name: "two\nlines",
			stack: "Error\n at",
		};
		expect(textLine(line({ ...fields, msg: "x" }), false)).toBe(
			`${shownTime} INFO: esm: x ${JSON.stringify(fields)}\n`,
		);
	});

	test("has a colour for each level, the message and the fields", () => {
		expect(textLine(line({ level: "error", a: 1, msg: "x" }), true)).toBe(
			`${shownTime} \u001b[31mERROR\u001b[39m: \u001b[36mesm: x\u001b[39m \u001b[90m{"a":1}\u001b[39m\n`,
		);
	});

	test("shows what a terminal would act on", () => {
		expect(textLine(line({ msg: "a\u001b[2J" }), true)).not.toContain("\u001b[2J");
	});
});
