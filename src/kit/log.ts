import { pino } from "pino";
import { type LimitedLevel, LineLimit, type LineLimitOptions } from "./log-limit.ts";
import { fitJsonLine, fitTextLine } from "./log-line.ts";
import { type LineSink, StreamSink } from "./log-sink.ts";
import { visibleLines } from "./terminal-text.ts";
import { textLine } from "./text-line.ts";

/** Severity by audience: error = an operator must act, warn = something was refused or dropped. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Ids and figures of an event; keys are what people grep for (`da_id`, `graph`, `digest`). */
export type LogFields = Record<string, unknown>;

/**
 * The log of a component: one event, one line of at most 8 KB. Of a kind (component, level and message: the
 * message is constant, what varies is in the fields) 20 are written per minute and the others counted; `debug`,
 * which has to be asked for, and `audit` write everything.
 */
export interface Logger {
	debug(message: string, fields?: LogFields): void;
	info(message: string, fields?: LogFields): void;
	warn(message: string, fields?: LogFields): void;
	error(message: string, fields?: LogFields): void;
	/** What an administrator did, as `info`: never suppressed. Not for what any client can cause. */
	audit(message: string, fields?: LogFields): void;
	/** The same log with a component's name on every line. */
	component(name: string): Logger;
}

/** Lowest severities that are written. */
export interface LogLevels {
	readonly level: LogLevel;
	/** Components with a level of their own. */
	readonly components?: ReadonlyMap<string, LogLevel>;
}

export interface LogOptions extends LogLevels {
	/** `text` for people, `json` (one object per line) for machines. */
	readonly format: "text" | "json";
	/** Where lines go; the process's standard error by default. */
	readonly write?: (line: string) => void;
	/** The same, for a place that can be in trouble. */
	readonly sink?: LineSink;
	/** How many lines of a kind are written. */
	readonly limit?: LineLimitOptions;
}

/** The process's one log: its components, its newest lines and its levels. */
export interface Log extends Logger {
	/** The newest lines, oldest first, each the JSON text of one event. */
	recent(): string[];
	/** Changes the levels of all components from now on. */
	setLevels(levels: LogLevels): void;
	/** Says how many lines were suppressed so far; to be called at the end. */
	flush(): void;
}

/** Lines kept for the live page. */
const KEPT_LINES = 200;
/** Of a text in a kept line; a traceback may be longer, and is whole in the log itself. */
const KEPT_CHARS = 1000;
const LIMIT: LineLimitOptions = { lines: 20, windowMs: 60_000 };
/** What begins the colours of a terminal. */
const ESCAPE = "\u001b";

/** Builds the process's one log. Lines go to standard error, so standard output stays the banner's. */
export function createLogger(options: LogOptions): Log {
	const { write } = options;
	const sink = options.sink ?? (write === undefined ? new StreamSink(process.stderr) : undefined);
	const put = write ?? ((line: string) => sink?.write(line));
	const isColoured = sink instanceof StreamSink && process.stderr.isTTY === true;
	const colours = isColoured ? ESCAPE : "";
	const text = (line: string) => fitTextLine(visibleLines(textLine(line, isColoured), colours));
	const kept: string[] = [];
	const destination = {
		write: (written: string) => {
			const line = fitJsonLine(written);
			kept.push(line.length > KEPT_CHARS ? forThePage(line) : line.trimEnd());
			if (kept.length > KEPT_LINES) kept.shift();
			put(options.format === "json" ? line : text(line));
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
	const components = new Map<string, Component>();
	const component = (name: string): Logger => {
		const known = components.get(name);
		if (known !== undefined) return known.logger;
		// `room` is the old name of the field, for programs that read it.
		const fields = { component: name, room: name };
		const log = root.child(fields, { level: levels.components?.get(name) ?? levels.level });
		const limit = limitOf(log, options.limit ?? LIMIT);
		const logger = wrap(log, limit, component);
		components.set(name, { log, limit, logger });
		return logger;
	};
	const own = component("iotctl");
	if (sink !== undefined) {
		sink.onRecovered = (times, reason) => own.warn("log lines lost", { times, reason });
	}
	return {
		...own,
		recent: () => [...kept],
		setLevels: (next) => {
			levels = next;
			for (const [name, { log }] of components)
				log.level = next.components?.get(name) ?? next.level;
		},
		flush: () => {
			for (const { limit } of components.values()) limit.flush();
		},
	};
}

interface Component {
	readonly log: pino.Logger;
	readonly limit: LineLimit;
	readonly logger: Logger;
}

function limitOf(log: pino.Logger, options: LineLimitOptions): LineLimit {
	return new LineLimit(options, (level, message, times) =>
		log[level]({ of: message, times }, "further lines of this kind suppressed"),
	);
}

function wrap(log: pino.Logger, limit: LineLimit, component: (name: string) => Logger): Logger {
	const limited = (level: LimitedLevel) => (message: string, fields?: LogFields) => {
		if (log.isLevelEnabled(level) && limit.admits(level, message))
			log[level](fields ?? {}, message);
	};
	return {
		debug: (message, fields) => log.debug(fields ?? {}, message),
		info: limited("info"),
		warn: limited("warn"),
		error: limited("error"),
		audit: (message, fields) => log.info(fields ?? {}, message),
		component,
	};
}

function forThePage(line: string): string {
	return JSON.stringify(JSON.parse(line), (_key, value) =>
		typeof value === "string" && value.length > KEPT_CHARS
			? `${value.slice(0, KEPT_CHARS)} ...`
			: value,
	);
}
