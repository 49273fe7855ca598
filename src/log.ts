import { pino } from "pino";
import pretty from "pino-pretty";

/** Severity by audience: error = an operator must act, warn = something was refused or dropped. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Ids and figures of an event; keys are what people grep for (`da_id`, `graph`, `digest`). */
export type LogFields = Record<string, unknown>;

/** What every room gets to speak through: one event, one line. */
export interface Logger {
	debug(message: string, fields?: LogFields): void;
	info(message: string, fields?: LogFields): void;
	warn(message: string, fields?: LogFields): void;
	error(message: string, fields?: LogFields): void;
	/** The same log with the room's name on every line. */
	room(name: string): Logger;
}

export interface LogOptions {
	level: LogLevel;
	/** `text` for people, `json` (one object a line) for machines. */
	format: "text" | "json";
	/** Where lines go; the process's standard error unless a test listens in. */
	write?: (line: string) => void;
}

/** Builds the process's one logger. Lines go to standard error, so standard output stays the banner's. */
export function createLogger(options: LogOptions): Logger {
	const write = options.write ?? ((line: string) => void process.stderr.write(line));
	const text = pretty.prettyFactory({
		colorize: options.write === undefined && process.stderr.isTTY === true,
		ignore: "room",
		messageFormat: "{room}: {msg}",
		singleLine: true,
		translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l",
	});
	const destination =
		options.format === "json" ? { write } : { write: (line: string) => write(text(line) ?? "") };
	const root = pino(
		{
			level: options.level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
		},
		destination,
	);
	return wrap(root.child({ room: "iotctl" }), (name) => root.child({ room: name }));
}

function wrap(log: pino.Logger, child: (room: string) => pino.Logger): Logger {
	return {
		debug: (message, fields) => log.debug(fields ?? {}, message),
		info: (message, fields) => log.info(fields ?? {}, message),
		warn: (message, fields) => log.warn(fields ?? {}, message),
		error: (message, fields) => log.error(fields ?? {}, message),
		room: (name) => wrap(child(name), child),
	};
}
