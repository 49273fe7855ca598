import type { Logger } from "../kit/mod.ts";

type Fields = Parameters<Logger["info"]>[1];

/** The log of one of several engines: its number is on every line. */
export function engineLog(log: Logger, number: number): Logger {
	const numbered = (fields: Fields) => ({ number, ...fields });
	return {
		debug: (message, fields) => log.debug(message, numbered(fields)),
		info: (message, fields) => log.info(message, numbered(fields)),
		warn: (message, fields) => log.warn(message, numbered(fields)),
		error: (message, fields) => log.error(message, numbered(fields)),
		audit: (message, fields) => log.audit(message, numbered(fields)),
		component: (name) => engineLog(log.component(name), number),
	};
}
