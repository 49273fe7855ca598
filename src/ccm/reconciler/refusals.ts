import { keyOfFields, nameOfKey, type Op } from "../plan/operations.ts";

/** What CSM has refused and need not be asked again until something changes. */
export class Refusals {
	readonly #reasons = new Map<string, string>();

	get isEmpty(): boolean {
		return this.#reasons.size === 0;
	}

	add(op: Op, reason: string): void {
		this.#reasons.set(fingerprint(op), reason);
	}

	/** Why the operation was refused; undefined: it was not. */
	reasonFor(op: Op): string | undefined {
		return this.#reasons.get(fingerprint(op));
	}

	clear(): void {
		this.#reasons.clear();
	}
}

/** Name of the link an operation is about; undefined: it is about the whole graph. */
export function linkOf(op: Op): string | undefined {
	const key = "da_id" in op ? keyOfFields(op) : undefined;
	return key === undefined ? undefined : nameOfKey(key);
}

/** The same wish has the same text, whatever was there before. */
function fingerprint(op: Op): string {
	return JSON.stringify(op, (key, value) => (key === "prev" ? undefined : value));
}
