import type { Logger } from "../../kit/mod.ts";

/** Of a line, characters; what is longer is cut. */
const MAX_LINE_CHARS = 500;

/**
 * Writes what an engine prints to its standard error into the log, a line each: why it cannot start, what the
 * runtime says when it crashes, and what functions write there past `print`. Reads to the end whatever comes, so
 * that an engine never waits for a full pipe.
 */
export async function logStderr(
	stream: ReadableStream<Uint8Array>,
	engine: number,
	log: Logger,
): Promise<void> {
	const say = (line: string) => {
		const text = line.trimEnd();
		if (text !== "") log.warn("function engine stderr", { engine, text });
	};
	const decoder = new TextDecoder();
	let rest = "";
	try {
		for await (const chunk of stream) {
			const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
			rest = (lines.pop() ?? "").slice(0, MAX_LINE_CHARS);
			for (const line of lines) say(line.slice(0, MAX_LINE_CHARS));
		}
	} catch {
		// The pipe broke with the engine; its end is reported elsewhere.
	}
	say(rest);
}
