import { expect, test } from "bun:test";
import { readFailure } from "../../../../src/web/editor/panel/failure-text.ts";

const frame = (file: string, line: number, source: string) =>
	`  File "${file}", line ${line}, in run\n    ${source}\n    ~~^~~\n`;
const MAIN = frame("<UserFunction:1f2e>", 2, "return [iot._dim(*args)]");
const OWN = frame("<UserFunction:77ab>", 4, "return bb / 2");
const HEAD = "Traceback (most recent call last):\n";

test("a traceback gives the line of the author's function and Python's words", () => {
	const reason = `${HEAD}${MAIN}${OWN}NameError: name 'bb' is not defined`;
	expect(readFailure(reason)).toEqual({
		message: "NameError: name 'bb' is not defined",
		line: 4,
		details: reason,
	});
});

test("a failure inside a library is shown where the author's function called it", () => {
	const library = frame("/lib/python314.zip/json/decoder.py", 345, "obj, end = self.raw_decode(s)");
	const reason = `${HEAD}${MAIN}${OWN}${library}ValueError: Expecting value`;
	expect(readFailure(reason)).toMatchObject({ line: 4, message: "ValueError: Expecting value" });
});

test("of an exception with more than one line the first is the message", () => {
	const reason = `${HEAD}${OWN}ValueError: one\ntwo`;
	expect(readFailure(reason)).toMatchObject({ line: 4, message: "ValueError: one" });
});

test("of two exceptions the later one counts", () => {
	const again = "\nDuring handling of the above exception, another exception occurred:\n\n";
	const later = frame("<UserFunction:77ab>", 6, "return x");
	const reason = `${HEAD}${OWN}ValueError: one\n${again}${HEAD}${later}KeyError: 'two'`;
	expect(readFailure(reason)).toMatchObject({ line: 6, message: "KeyError: 'two'" });
});

test("a traceback that was cut still says where", () => {
	expect(readFailure(`${HEAD}${MAIN}${OWN.slice(0, 60)}…`)).toMatchObject({ line: 4 });
	expect(readFailure(`${HEAD}${MAIN}`).message).not.toBe("");
});

test("a sentence is the message itself", () => {
	expect(readFailure("time limit of 1000 ms exceeded")).toEqual({
		message: "time limit of 1000 ms exceeded",
		line: undefined,
		details: "",
	});
	expect(readFailure("")).toEqual({ message: "", line: undefined, details: "" });
});
