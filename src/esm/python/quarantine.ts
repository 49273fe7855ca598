import type { GraphSpec } from "./protocol.ts";

const KILLS = 3;
const WITHIN_MS = 60_000;
const REASON =
	"quarantined: the functions of this graph killed the engine three times within a minute; change one of them";

/**
 * Keeps inputs whose messages kill the engine away from it, so that one bad function cannot starve
 * the others: three kills within a minute, and the input waits until a function of its graph changes.
 */
export class Quarantine {
	readonly #kills = new Map<number, number[]>();
	readonly #closed = new Set<number>();
	readonly #now: () => number;

	/** @param now Clock in milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Why messages of a link are not run; undefined when they are. */
	reasonFor(linkId: number): string | undefined {
		return this.#closed.has(linkId) ? REASON : undefined;
	}

	/** A message of the link killed the engine. @returns true when that closes the link. */
	killed(linkId: number): boolean {
		const since = this.#now() - WITHIN_MS;
		const kills = [...(this.#kills.get(linkId) ?? []).filter((at) => at > since), this.#now()];
		this.#kills.set(linkId, kills);
		if (kills.length < KILLS) return false;
		this.#kills.delete(linkId);
		this.#closed.add(linkId);
		return true;
	}

	/** The graph changed: with another function anywhere in it, its inputs get another chance. */
	review(before: GraphSpec | undefined, after: GraphSpec | undefined): void {
		if (before === undefined || sameFunctions(before, after)) return;
		for (const { id } of before.idfs) {
			this.#closed.delete(id);
			this.#kills.delete(id);
		}
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
