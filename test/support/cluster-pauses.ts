import { expect } from "bun:test";
import type { LeaseRow } from "./cluster-target.ts";

/** What data may pause beyond a lease where its partition moves, and at all where it does not: five times the goals. */
const MOVED_MS = 5 * 2000;
const OTHERS_MS = 5 * 500;

/** Longest pauses in ms, of all that happened under one name. */
interface Figures {
	moved: number;
	others: number;
	/** Until the database said so; 0: nothing moved. */
	taken: number;
}

/** How long the data of each partition of a cluster pauses. */
export class ClusterPauses {
	readonly #leaseMs: number;
	readonly #figures = new Map<string, Figures>();
	/** By partition, performance.now(). */
	readonly #lastAt = new Map<number, number>();
	readonly #longest = new Map<number, number>();
	/** How many things have happened. */
	events = 0;

	constructor(leaseMs: number) {
		this.#leaseMs = leaseMs;
	}

	/** Forgets all, and counts from now on. */
	begin(partitions: Iterable<number>): void {
		this.#figures.clear();
		this.events = 0;
		const now = performance.now();
		for (const partition of partitions) this.#lastAt.set(partition, now);
	}

	/** What is to happen next is looked at alone. */
	next(): void {
		this.#longest.clear();
	}

	/** Something has come out. */
	noteResult(partition: number): void {
		const now = performance.now();
		const pause = now - (this.#lastAt.get(partition) ?? now);
		this.#longest.set(partition, Math.max(this.#longest.get(partition) ?? 0, pause));
		this.#lastAt.set(partition, now);
	}

	/**
	 * Something has happened since {@link next}.
	 * @param began By the wall clock.
	 * @returns the partitions that have moved.
	 */
	note(
		what: string,
		began: number,
		before: ReadonlyMap<number, LeaseRow>,
		after: ReadonlyMap<number, LeaseRow>,
	): number[] {
		const isMoved = (id: number) => before.get(id)?.token !== after.get(id)?.token;
		this.events += 1;
		const figures = this.#figures.get(what) ?? { moved: 0, others: 0, taken: 0 };
		this.#figures.set(what, figures);
		for (const [id, pause] of this.#longest) {
			const kind = isMoved(id) ? "moved" : "others";
			figures[kind] = Math.max(figures[kind], pause);
		}
		const moved = [...after.keys()].filter(isMoved);
		const times = moved.map((id) => (after.get(id)?.since ?? began) - began);
		figures.taken = Math.max(figures.taken, ...times);
		return moved;
	}

	/** For people. */
	text(): string {
		const s = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
		const all = [...this.#figures].map(([name, { moved, others, taken }]) => {
			const taking = taken > 0 ? `, taken over after ${s(taken)}` : "";
			return `; ${name}: pause ${moved > 0 ? `${s(moved)}, of other partitions ` : ""}${s(others)}${taking}`;
		});
		return all.join("");
	}

	/** Expects that none was much longer than it is to be. @param extraMs What the broker itself was to take. */
	expectShort(extraMs: number): void {
		const late = [...this.#figures].filter(
			([, { moved, others }]) =>
				moved > this.#leaseMs + MOVED_MS + extraMs || others > OTHERS_MS + extraMs,
		);
		expect(late).toEqual([]);
	}
}
