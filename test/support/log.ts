import { createLogger, type Logger } from "../../src/kit/log.ts";
import { Inbox } from "./waiting.ts";

/** A log whose lines a test can read and wait for. */
export function listenedLog(): { log: Logger; lines: Inbox<string> } {
	const lines = new Inbox<string>();
	const log = createLogger({ level: "debug", format: "json", write: (line) => lines.add(line) });
	return { log, lines };
}

/** The log of a component, and its lines of level `info` and above, as JSON. */
export function recordedLog(component: string): { log: Logger; lines: string[] } {
	const lines: string[] = [];
	const write = (line: string) => void lines.push(line);
	const settings = { level: "info", components: new Map(), format: "json", write } as const;
	return { log: createLogger(settings).component(component), lines };
}

/** A log that is not read. */
export const quietLog: Logger = createLogger({ level: "error", format: "json", write: () => {} });
