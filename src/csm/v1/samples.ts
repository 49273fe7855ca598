import { localTime } from "../../kit/mod.ts";

/** A message as it is kept. */
export interface Sample {
	/** Local time with microseconds, as `2026-03-01 14:05:09.250000`. */
	readonly time: string;
	/** JSON text of a list. */
	readonly data: string;
}

interface Slot {
	/** When the newest sample came; Unix time, microseconds. */
	at: number;
	/** Newest first, at most two. */
	samples: readonly Sample[];
	bytes: number;
}

/** Memory that all samples together may take; beyond, those of the slot that changed longest ago go first. */
const MAX_BYTES = 64 << 20;
const PER_SLOT = 2;

/**
 * The newest two messages of each feature, whichever way they go: what a poll gets (`v1-http.md §2`). They live in memory
 * alone.
 */
export class Samples {
	readonly #now: () => number;
	readonly #maxBytes: number;
	/** In the order of their last change. */
	readonly #slots = new Map<string, Slot>();
	#bytes = 0;

	/** @param now Unix time, microseconds. */
	constructor(now: () => number, maxBytes = MAX_BYTES) {
		this.#now = now;
		this.#maxBytes = maxBytes;
	}

	/** @param data JSON text of a list. */
	put(daId: string, feature: string, data: string): void {
		const key = keyOf(daId, feature);
		const known = this.#slots.get(key);
		// Clients only look whether it differs from the last one.
		const at = Math.max(this.#now(), (known?.at ?? 0) + 1);
		const sample = { time: textOf(at), data };
		const samples = [sample, ...(known?.samples ?? [])].slice(0, PER_SLOT);
		this.#remove(key);
		const bytes = samples.reduce((sum, each) => sum + each.data.length, 0);
		this.#slots.set(key, { at, samples, bytes });
		this.#bytes += bytes;
		for (const oldest of this.#slots.keys()) {
			if (this.#bytes <= this.#maxBytes || oldest === key) break;
			this.#remove(oldest);
		}
	}

	/** Newest first. */
	of(daId: string, feature: string): readonly Sample[] {
		return this.#slots.get(keyOf(daId, feature))?.samples ?? [];
	}

	/** Forgets what came of some features of a device. */
	clear(daId: string, features: readonly string[]): void {
		for (const feature of features) this.#remove(keyOf(daId, feature));
	}

	#remove(key: string): void {
		this.#bytes -= this.#slots.get(key)?.bytes ?? 0;
		this.#slots.delete(key);
	}
}

function keyOf(daId: string, feature: string): string {
	return `${daId} ${feature}`;
}

function textOf(at: number): string {
	const micros = String(at % 1000).padStart(3, "0");
	return localTime(Math.floor(at / 1000)) + micros;
}

/** Samples as a poll is answered. */
export function samplesText(samples: readonly Sample[]): string {
	return `{"samples":[${samples.map(({ time, data }) => `["${time}",${data}]`).join(",")}]}\n`;
}
