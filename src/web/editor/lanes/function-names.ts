import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Ask } from "../app-context.ts";

/** Names of functions, each asked for once. */
export class FunctionNames {
	readonly #names = new Map<number, Signal<string>>();
	readonly #ask: Ask;

	constructor(ask: Ask) {
		this.#ask = ask;
	}

	/** Empty until it is known. */
	of(fnId: number): ReadonlySignal<string> {
		const known = this.#names.get(fnId);
		if (known !== undefined) return known;
		const name = signal("");
		this.#names.set(fnId, name);
		void this.#load(fnId, name);
		return name;
	}

	async #load(fnId: number, name: Signal<string>): Promise<void> {
		const path = `api/v0/function/${fnId}`;
		const answer = await this.#ask<{ readonly data: { readonly name: string } }>("GET", path);
		if (answer.ok) name.value = answer.body.data.name;
		else this.#names.delete(fnId);
	}
}
