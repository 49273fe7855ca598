import { closeSync, openSync, readFileSync } from "node:fs";

/** What the server itself needs beside its clients: database, log, engine, listeners, HTTP. */
const OWN = 64;

/** Files and connections this process may have open at once; undefined where the system does not tell. */
export function descriptorLimit(): number | undefined {
	try {
		const limits = readFileSync("/proc/self/limits", "utf8");
		const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
		return soft === undefined ? undefined : Number(soft);
	} catch {
		return undefined;
	}
}

/**
 * How many clients there is room for.
 * @param wanted What the configuration allows.
 * @param limit See {@link descriptorLimit}.
 */
export function roomForClients(wanted: number, limit: number | undefined): number {
	if (limit === undefined) return wanted;
	return Math.min(wanted, Math.max(limit - OWN, Math.floor(limit / 2)));
}

/** Descriptors that are held so that they can be given up. */
export class Spare {
	readonly #held: number[] = [];

	/** @returns false when the system gives no more; those it gave stay held. */
	fill(count: number): boolean {
		try {
			while (this.#held.length < count) this.#held.push(openSync("/dev/null", "r"));
			return true;
		} catch {
			return false;
		}
	}

	/** Gives up all but so many. */
	keep(count: number): void {
		for (const descriptor of this.#held.splice(count)) closeSync(descriptor);
	}
}
