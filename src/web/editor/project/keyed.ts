import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** A signal for each key, made when it is first asked for. */
export class Keyed<V> {
	readonly #signals = new Map<string, Signal<V | undefined>>();

	of(key: string): ReadonlySignal<V | undefined> {
		return this.#signal(key);
	}

	get(key: string): V | undefined {
		return this.#signals.get(key)?.peek();
	}

	set(key: string, value: V | undefined): void {
		this.#signal(key).value = value;
	}

	/** Empties those whose key is not wanted. */
	keep(isWanted: (key: string) => boolean): void {
		for (const [key, one] of this.#signals) if (!isWanted(key)) one.value = undefined;
	}

	#signal(key: string): Signal<V | undefined> {
		const known = this.#signals.get(key);
		if (known !== undefined) return known;
		const made = signal<V | undefined>(undefined);
		this.#signals.set(key, made);
		return made;
	}
}
