import { type Explained, explain } from "../texts/problems.ts";
import type { Finding, Tried } from "./functions-server.ts";
import type { Problem } from "./problem-marks.ts";
import {
	type ErrorContext,
	readPythonError,
	readSyntaxError,
	undefinedName,
} from "./python-errors.ts";
import { problemTexts } from "./words.ts";

/** A finding of the check in the reader's words. */
export function explainFinding({ text_id, args }: Finding, context: ErrorContext): Explained {
	const texts = problemTexts.value;
	const { name = "", message = "" } = args;
	switch (text_id) {
		case "syntax_error":
			return explain(texts, readSyntaxError(message));
		case "undefined_name":
			return explain(texts, undefinedName(context, name));
		case "no_run":
			return explain(texts, { id: "no_run" });
		case "unused_import":
			return { what: texts.unusedImport(name) };
		case "unused_variable":
			return { what: texts.unusedVariable(name) };
		case "run_returns_nothing":
			return { what: texts.runReturnsNothing };
		case "python_warning":
			return { what: texts.pythonWarning(message) };
		case "syntax_here":
			return { what: texts.syntaxHere };
		default:
			return { what: texts.notChecked, hint: message };
	}
}

/** An error of a try, a run or a save in the reader's words. */
export function explainError(reason: string, kind: string, context: ErrorContext): Explained {
	return explain(problemTexts.value, readPythonError(reason, kind, context));
}

/** What is marked beside the source: findings, and lines where a try failed. */
export function problemsOf(
	findings: readonly Finding[],
	tried: readonly (Tried | undefined)[],
	context: ErrorContext,
): Problem[] {
	const found = findings.map((finding) => {
		const { line, column, severity } = finding;
		const { what, hint } = explainFinding(finding, context);
		return { line, column, severity, text: what, hint };
	});
	const failed = tried.flatMap((one) => {
		if (one?.error?.line == null) return [];
		const { kind, line, reason } = one.error;
		const { what, hint } = explainError(reason, kind, context);
		return [{ line, column: null, severity: "error" as const, text: what, hint }];
	});
	const isNew = (problem: Problem, at: number, all: readonly Problem[]) =>
		all.findIndex((one) => one.line === problem.line && one.text === problem.text) === at;
	return [...found, ...failed].filter(isNew);
}
