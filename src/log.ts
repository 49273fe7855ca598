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

/** Least severities that are written. */
export interface LogLevels {
	readonly level: LogLevel;
	/** Rooms with a level of their own. */
	readonly rooms?: ReadonlyMap<string, LogLevel>;
}

export interface LogOptions extends LogLevels {
	/** `text` for people, `json` (one object a line) for machines. */
	readonly format: "text" | "json";
	/** Where lines go; the process's standard error unless told otherwise. */
	readonly write?: (line: string) => void;
}

/** The process's one log: what rooms speak through, what was said last, and how loud they are. */
export interface Log extends Logger {
	/** The newest lines, oldest first, each the JSON text of one event. */
	recent(): string[];
	/** Makes all rooms louder or quieter from now on. */
	setLevels(levels: LogLevels): void;
}

/** Lines kept for whoever looks at the live page. */
const KEPT_LINES = 200;
/** Of a text in a kept line; a traceback may be longer, and is whole in the log itself. */
const KEPT_CHARS = 1000;

/** Builds the process's one log. Lines go to standard error, so standard output stays the banner's. */
export function createLogger(options: LogOptions): Log {
	const write = options.write ?? ((line: string) => void process.stderr.write(line));
	const text = pretty.prettyFactory({
		colorize: options.write === undefined && process.stderr.isTTY === true,
		ignore: "room",
		messageFormat: "{room}: {msg}",
		singleLine: true,
		translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l",
	});
	const kept: string[] = [];
	const keep = (line: string) => {
		kept.push(line.length > KEPT_CHARS ? shortened(line) : line.trimEnd());
		if (kept.length > KEPT_LINES) kept.shift();
	};
	const destination = {
		write: (line: string) => {
			keep(line);
			write(options.format === "json" ? line : (text(line) ?? ""));
		},
	};
	const root = pino(
		{
			level: options.level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
		},
		destination,
	);
	let levels: LogLevels = options;
	const rooms = new Map<string, pino.Logger>();
	const room = (name: string): pino.Logger => {
		const known = rooms.get(name);
		if (known !== undefined) return known;
		const child = root.child({ room: name }, { level: levels.rooms?.get(name) ?? levels.level });
		rooms.set(name, child);
		return child;
	};
	return {
		...wrap(room("iotctl"), room),
		recent: () => [...kept],
		setLevels: (next) => {
			levels = next;
			for (const [name, child] of rooms) child.level = next.rooms?.get(name) ?? next.level;
		},
	};
}

function shortened(line: string): string {
	return JSON.stringify(JSON.parse(line), (_key, value) =>
		typeof value === "string" && value.length > KEPT_CHARS
			? `${value.slice(0, KEPT_CHARS)} ...`
			: value,
	);
}

function wrap(log: pino.Logger, room: (name: string) => pino.Logger): Logger {
	return {
		debug: (message, fields) => log.debug(fields ?? {}, message),
		info: (message, fields) => log.info(fields ?? {}, message),
		warn: (message, fields) => log.warn(fields ?? {}, message),
		error: (message, fields) => log.error(fields ?? {}, message),
		room: (name) => wrap(room(name), room),
	};
}
