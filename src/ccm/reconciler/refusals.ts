import type { GraphSpec } from "../plan/graph-spec.ts";
import { keyOfFields, nameOfKey, type Op } from "../plan/operations.ts";

/** What CSM has refused and need not be asked again until something changes. */
export class Refusals {
	/** By the link's name, which is undefined for what is about the whole graph, and the operation. */
	readonly #reasons = new Map<string | undefined, Map<string, string>>();

	get isEmpty(): boolean {
		return this.#reasons.size === 0;
	}

	add(op: Op, reason: string): void {
		const link = linkOf(op);
		const ofLink = this.#reasons.get(link) ?? new Map<string, string>();
		this.#reasons.set(link, ofLink.set(fingerprint(op), reason));
	}

	/** Why the operation was refused; undefined: it was not. */
	reasonFor(op: Op): string | undefined {
		return this.#reasons.get(linkOf(op))?.get(fingerprint(op));
	}

	/** Forgets what was refused of links, or of a graph, that are not wanted: wanted once more, they are asked for. */
	keepFor(spec: GraphSpec | undefined): void {
		if (this.isEmpty) return;
		if (spec === undefined) {
			this.clear();
			return;
		}
		const wanted = new Set(spec.links.map(({ key }) => nameOfKey(key)));
		for (const link of this.#reasons.keys()) {
			if (link !== undefined && !wanted.has(link)) this.#reasons.delete(link);
		}
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
