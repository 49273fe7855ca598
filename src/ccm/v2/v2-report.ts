/** What is counted. */
export type V2Kind = "people" | "functions" | "features" | "models" | "devices" | "projects";

type Counts = Record<V2Kind, number>;

const none = (): Counts => ({
	...{ people: 0, functions: 0, features: 0, models: 0, devices: 0, projects: 0 },
});

/** What an import did. */
export interface V2Outcome {
	readonly added: Readonly<Counts>;
	/** Those that were here already, under their name. */
	readonly there: Readonly<Counts>;
	/** What was left out or changed, each with the reason, in words for people. */
	readonly left: readonly string[];
}

/** Notes what an import does. */
export class V2Report {
	readonly #added = none();
	readonly #there = none();
	readonly #left = new Set<string>();

	added(kind: V2Kind): void {
		this.#added[kind] += 1;
	}

	there(kind: V2Kind): void {
		this.#there[kind] += 1;
	}

	/** @param what Such as `project "a" of ann`. */
	left(what: string, why: string): void {
		this.#left.add(`${what}: ${why}`);
	}

	get outcome(): V2Outcome {
		return { added: this.#added, there: this.#there, left: [...this.#left] };
	}
}
