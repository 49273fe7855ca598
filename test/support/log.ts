import { createLogger, type Logger } from "../../src/kit/log.ts";
import { Inbox } from "./waiting.ts";

/** A log whose lines a test can read and wait for. */
export function listenedLog(): { log: Logger; lines: Inbox<string> } {
	const lines = new Inbox<string>();
	const log = createLogger({ level: "debug", format: "json", write: (line) => lines.add(line) });
	return { log, lines };
}

/** A log nobody reads. */
export const quietLog: Logger = createLogger({ level: "error", format: "json", write: () => {} });
