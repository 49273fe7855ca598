/** A failure, in what a person needs first. */
export interface FailureText {
	/** One line: what Python says, such as `NameError: name 'bb' is not defined`. */
	readonly message: string;
	/** Line in the author's source, from 1; undefined where the failure has none. */
	readonly line: number | undefined;
	/** The rest, such as a traceback; empty where `message` says all. */
	readonly details: string;
}

const FRAME = /^\s*File "([^"]*)", line (\d+)/;
/** Functions of projects have such a file name; others are of Python itself. */
const OF_A_FUNCTION = /^<UserFunction:/;

/** Reads the reason of a failure: a traceback of Python, or a sentence. It may have been cut at its end. */
export function readFailure(reason: string): FailureText {
	const lines = reason.split("\n").filter((line) => line.trim() !== "");
	const frames = lines.flatMap((line, index) => {
		const [, file = "", number] = FRAME.exec(line) ?? [];
		return number === undefined ? [] : [{ file, line: Number(number), index }];
	});
	// The generated function calls the author's, which may call into a library: its own frame is the last of these.
	const line = frames.findLast(({ file }) => OF_A_FUNCTION.test(file))?.line;
	// Lines of source and markers under a frame are indented, Python's words are not.
	const after = lines.slice((frames.at(-1)?.index ?? -1) + 1);
	const message = after.find((one) => !/^\s/.test(one)) ?? lines.at(-1) ?? "";
	return { message: message.trim(), line, details: lines.length > 1 ? reason.trim() : "" };
}
