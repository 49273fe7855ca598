import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { explainFinding, problemsOf } from "../../../../src/web/editor/code/problem-texts.ts";
import { language } from "../../../../src/web/editor/texts/texts.ts";
import { loadAllTexts } from "../support/words.ts";

beforeAll(loadAllTexts);

const finding = (text_id: string, args: Record<string, string> = {}) =>
	({ line: 2, column: 5, severity: "error", text_id, args }) as const;

describe("problems in the margin", () => {
	afterEach(() => {
		language.value = "en";
	});

	test("have a text for everything the check finds, in both languages", () => {
		const ids = ["syntax_error", "not_checked", "python_warning", "no_run", "undefined_name"];
		ids.push("unused_import", "unused_variable", "run_returns_nothing", "syntax_here", "new one");
		const told = () =>
			ids.map((id) => explainFinding(finding(id, { name: "a", message: "b" }), {}).what);
		const inEnglish = told();
		language.value = "zh";
		for (const [at, text] of told().entries()) expect(text).not.toBe(inEnglish[at] ?? "");
		expect(
			explainFinding(finding("syntax_error", { message: "'(' was never closed" }), {}),
		).toEqual({
			what: "「(」沒有對應的右括號。",
		});
	});

	test("name what was likely meant, also of Python's own", () => {
		const { hint } = explainFinding(finding("undefined_name", { name: "factr" }), {
			code: "factor = 1",
		});
		expect(hint).toContain("“factor”");
		expect(explainFinding(finding("undefined_name", { name: "pritn" }), {}).hint).toContain(
			"“print”",
		);
	});

	test("are there for a line that failed while it was tried, once", () => {
		const error = { kind: "exception", line: 3, reason: "ZeroDivisionError: division by zero" };
		const tried = { error, printed: "", ms: 1 };
		const problems = problemsOf([finding("no_run")], [undefined, tried, tried], {});
		expect(problems.map(({ line, column }) => [line, column])).toEqual([
			[2, 5],
			[3, null],
		]);
		const elsewhere = { ...tried, error: { ...error, line: null } };
		expect(problemsOf([], [elsewhere], {})).toEqual([]);
	});
});
