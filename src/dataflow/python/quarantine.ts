import type { GraphSpec } from "./protocol.ts";

const KILLS = 3;
const WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Entry {
	/** When messages of the input ended an engine, within the last minute. */
	kills: number[];
	/** No message is run before; 0: none has been kept away yet. */
	closedUntil: number;
	/** How long it was closed the last time; 0: it was not. */
	pauseMs: number;
}

/**
 * Keeps inputs whose messages end the engine away from it, so that one bad function cannot starve the
 * others: three within a minute, and the input waits for a minute. If the next message ends the engine
 * too, it waits twice as long, up to an hour; if it does not, or a function of the graph changes, all is
 * forgotten.
 */
export class Quarantine {
	readonly #entries = new Map<number, Entry>();
	readonly #now: () => number;

	/** @param now Clock in milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Whether no input has ended an engine lately: good messages need not be reported then. */
	get isEmpty(): boolean {
		return this.#entries.size === 0;
	}

	/** Why messages of a link are not run; undefined when they are. */
	reasonFor(linkId: number): string | undefined {
		const entry = this.#entries.get(linkId);
		if (entry === undefined || entry.closedUntil <= this.#now()) return undefined;
		const seconds = Math.ceil((entry.closedUntil - this.#now()) / 1000);
		return `quarantined for ${seconds} s: messages of this input keep ending the function engine; change a function of the graph or run iotctl engine restart to end the quarantine`;
	}

	/** Whether a message of the link has ended an engine before, and it is not forgotten. */
	suspects(linkId: number): boolean {
		const entry = this.#entries.get(linkId);
		if (entry === undefined) return false;
		const since = this.#now() - WITHIN_MS;
		return entry.pauseMs > 0 || entry.kills.some((at) => at > since);
	}

	/** A message of the link ended an engine. @returns for how many ms that closes the link; 0: not yet. */
	killed(linkId: number): number {
		const now = this.#now();
		const entry = this.#entries.get(linkId) ?? { kills: [], closedUntil: 0, pauseMs: 0 };
		this.#entries.set(linkId, entry);
		entry.kills = [...entry.kills.filter((at) => at > now - WITHIN_MS), now];
		if (entry.pauseMs === 0 && entry.kills.length < KILLS) return 0;
		entry.pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, 2 * entry.pauseMs), LONGEST_PAUSE_MS);
		entry.closedUntil = now + entry.pauseMs;
		entry.kills = [];
		return entry.pauseMs;
	}

	/** A message of the link was run and the engine is still there: after a quarantine that ends it for good. */
	survived(linkId: number): void {
		const entry = this.#entries.get(linkId);
		if (entry === undefined) return;
		const isOver = entry.closedUntil <= this.#now();
		if (entry.pauseMs > 0 ? isOver : !this.suspects(linkId)) this.#entries.delete(linkId);
	}

	/** The graph changed: with another function anywhere in it, its inputs get another chance. */
	review(before: GraphSpec | undefined, after: GraphSpec | undefined): void {
		if (before === undefined || sameFunctions(before, after)) return;
		for (const { id } of before.idfs) this.#entries.delete(id);
	}

	/** Forgets everything. */
	clear(): void {
		this.#entries.clear();
	}
}

function sameFunctions(before: GraphSpec, after: GraphSpec | undefined): boolean {
	return after !== undefined && functionsOf(before) === functionsOf(after);
}

function functionsOf({ idfs, odfs, join }: GraphSpec): string {
	return JSON.stringify([
		join,
		idfs.map(({ id, func }) => [id, func]),
		odfs.map(({ id, func }) => [id, func]),
	]);
}
