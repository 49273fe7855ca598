import { handlesOf, type PipelineSpec } from "../contract/mod.ts";
import { type Clock, type Logger, systemClock } from "../kit/mod.ts";
import type { Monitor, MonitoredError } from "./monitor.ts";
import type { GraphStats, LastError, LinkStats } from "./stats.ts";

/** A message that could not be processed. */
export interface DataPathError extends MonitoredError {
	/** A limit's name, `data` for malformed messages, `exception` for failures of functions. */
	readonly kind: string;
	readonly digest: string | null;
}

/** Failures of one graph are logged this often at most; the line says how many there were. */
const REPORT_EVERY_MS = 10_000;

/** What is known of one graph beside its pipeline: its monitor, what went through, what failed. */
export class GraphRecord implements GraphStats {
	readonly name: string;
	readonly number: number;
	/** Undefined while the graph is not watched. */
	monitor: Monitor | undefined;
	readonly links = new Map<number, LinkStats>();
	dropped = 0;
	lastError: LastError | null = null;
	readonly #log: Logger;
	readonly #clock: Clock;
	#lastReportMs = -Infinity;
	/** Handles of the functions at the last change. */
	#functions = "";
	#unreported = 0;

	/** @param number What the function host calls the graph. */
	constructor(name: string, number: number, log: Logger, clock: Clock = systemClock) {
		this.name = name;
		this.number = number;
		this.#log = log;
		this.#clock = clock;
	}

	/** Figures of a link, which begin with it. */
	statsOf(linkId: number): LinkStats {
		const known = this.links.get(linkId);
		if (known !== undefined) return known;
		const stats = { messages: 0, last: null };
		this.links.set(linkId, stats);
		return stats;
	}

	/** Forgets the stats of links that are gone, and an error without a culprit once functions were changed. */
	keepStats(spec: PipelineSpec): void {
		const wanted = new Set([...spec.idfs, ...spec.odfs].map(({ id }) => id));
		for (const id of this.links.keys()) if (!wanted.has(id)) this.links.delete(id);
		const functions = handlesOf(spec).join();
		if (functions !== this.#functions && this.lastError?.digest === null) this.lastError = null;
		this.#functions = functions;
	}

	/** A message was dropped: tells the monitor, and the log from time to time. */
	failed(error: DataPathError): void {
		this.monitor?.error(error);
		this.dropped += 1;
		this.#unreported += 1;
		const { kind, stage, digest, reason } = error;
		this.lastError = { at: Date.now() / 1000, kind, stage, digest, reason };
		const now = this.#clock.now();
		if (now - this.#lastReportMs < REPORT_EVERY_MS) return;
		const times = this.#unreported;
		this.#lastReportMs = now;
		this.#unreported = 0;
		this.#log.warn("message dropped", { graph: this.name, kind, stage, digest, reason, times });
	}
}
