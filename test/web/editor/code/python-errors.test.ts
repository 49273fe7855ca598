import { describe, expect, test } from "bun:test";
import { readPythonError, readSyntaxError } from "../../../../src/web/editor/code/python-errors.ts";
import { en, explain, zh } from "../../../../src/web/editor/texts/problems.ts";

const code = "def run(brightness, x2):\n    return Brightness\n";
const trace = (last: string) =>
	`Traceback (most recent call last):\n  File "<UserFunction:draft>", line 2, in run\n    return 1\n${last}`;
const id = (last: string): string => readPythonError(trace(last)).id;

describe("errors of Python", () => {
	test("are told apart by what Python says", () => {
		const said = {
			"NameError: name 'b' is not defined. Did you mean: 'a'?": "undefined_name",
			"UnboundLocalError: cannot access local variable 'a' where it is not associated with a value":
				"unset_name",
			"TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'": "none_value",
			"TypeError: '<' not supported between instances of 'NoneType' and 'int'": "none_value",
			"TypeError: 'NoneType' object is not subscriptable": "none_value",
			"AttributeError: 'NoneType' object has no attribute 'x'": "none_value",
			"TypeError: unsupported operand type(s) for -: 'list' and 'int'": "mixed_types",
			'TypeError: can only concatenate str (not "int") to str': "mixed_types",
			"TypeError: 'float' object is not subscriptable": "not_a_list",
			"TypeError: 'int' object is not iterable": "not_a_list",
			"TypeError: object of type 'int' has no len()": "not_a_list",
			"TypeError: cannot unpack non-iterable int object": "not_a_list",
			"TypeError: 'int' object is not callable": "not_callable",
			"AttributeError: module 'math' has no attribute 'sine'": "no_attribute",
			"AttributeError: 'int' object has no attribute 'append'": "no_attribute",
			"ValueError: could not convert string to float: 'warm'": "not_a_number",
			"ZeroDivisionError: division by zero": "zero_division",
			"IndexError: list index out of range": "index",
			"KeyError: 'red'": "key",
			"ModuleNotFoundError: No module named 'numpyy'": "no_module",
			"RecursionError: maximum recursion depth exceeded (recursion limit of 1000)": "recursion",
			"MemoryError (memory limit of 128 MiB for all functions)": "memory",
			"IndentationError: expected an indented block after 'if' statement on line 2": "no_block",
			"IndentationError: unexpected indent": "indented",
			"IndentationError: unindent does not match any outer indentation level": "unequal_indent",
			"TabError: inconsistent use of tabs and spaces in indentation": "tabs_and_spaces",
			"SyntaxError: '(' was never closed": "unclosed",
			"SyntaxError: unmatched ')'": "unequal_bracket",
			"SyntaxError: expected ':'": "no_colon",
			"SyntaxError: unterminated string literal (detected at line 1)": "unclosed_text",
			"SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?":
				"one_equals_sign",
			"SyntaxError: invalid syntax": "syntax",
			"ValueError: something else": "other",
			"time limit of 500 ms exceeded": "time",
			"function name `run` is undefined": "no_run",
		};
		expect(Object.fromEntries(Object.keys(said).map((last) => [last, id(last)]))).toEqual(said);
	});

	test("name what was likely meant", () => {
		const error = readPythonError(
			trace("NameError: name 'Brightnes' is not defined"),
			"exception",
			{
				code,
			},
		);
		expect(error).toEqual({
			id: "undefined_name",
			name: "Brightnes",
			near: ["Brightness", "brightness"],
		});
		const typo = readPythonError(trace("NameError: name 'pritn' is not defined"), "exception", {
			code,
		});
		expect(typo).toMatchObject({ near: ["print"] });
	});

	test("compare what run takes with what the wire brings", () => {
		const wire = ["x1", "x2", "x3"];
		const many = readPythonError(
			trace("TypeError: run() takes 2 positional arguments but 3 were given"),
			"exception",
			{ wire },
		);
		expect(many).toEqual({
			id: "argument_count",
			of: "run",
			isRun: true,
			takes: "2",
			given: "3",
			missing: [],
			wire,
		});
		expect(explain(en, many).hint).toBe(
			"This wire brings 3 values (x1, x2, x3). With def run(x1, x2, x3): as its first line it takes them.",
		);
		const few = readPythonError(
			trace("TypeError: run() missing 2 required positional arguments: 'b' and 'c'"),
		);
		expect(few).toMatchObject({ isRun: true, missing: ["b", "c"] });
		const other = readPythonError(
			trace("TypeError: scale() missing 1 required positional argument: 'b'"),
		);
		expect(explain(en, other).what).toBe(
			"scale() was called with the wrong number of values: b is missing.",
		);
	});

	test("of an input method for Chinese say which key to press", () => {
		expect(readSyntaxError("invalid character '，' (U+FF0C)")).toEqual({
			id: "wide_character",
			character: "，",
			plain: ",",
		});
		expect(readSyntaxError("invalid character '（' (U+FF08)")).toMatchObject({ plain: "(" });
		expect(readSyntaxError("invalid character '“' (U+201C)")).toMatchObject({ plain: '"' });
		expect(readSyntaxError("invalid non-printable character U+3000")).toMatchObject({
			character: "\u3000",
			plain: " ",
		});
	});

	test("take the workbench's word for limits", () => {
		for (const kind of ["time", "memory", "recursion", "result", "engine", "skipped"]) {
			expect(readPythonError("whatever", kind).id as string).toBe(kind);
		}
	});

	test("are explained in both languages, each in words of its own", () => {
		const error = readPythonError(trace("NameError: name 'b' is not defined"), "exception", {
			code: "",
		});
		expect(explain(zh, error).what).toBe("沒有叫做「b」的名稱。");
		expect(explain(en, error).what).toBe("There is nothing called “b”.");
		expect(Object.keys(zh.explain)).toEqual(Object.keys(en.explain));
	});

	test("that are none of these are told in Python's last words", () => {
		const error = readPythonError(trace("ValueError: too warm\n"));
		expect(error).toEqual({ id: "other", said: "ValueError: too warm" });
		expect(explain(en, error).what).toBe("Python reports an error: ValueError: too warm");
		expect(explain(zh, readPythonError("")).what).toBe("執行時發生錯誤。");
	});

	test("with a reason of any size or kind are read at once", () => {
		for (const reason of ["", "\n\n", "x".repeat(100_000), `NameError: ${"'".repeat(10_000)}`]) {
			expect(readPythonError(reason).id).toBe("other");
		}
	});
});
