import { type ReadonlySignal, signal } from "@preact/signals";
import type { Ask } from "../app-context.ts";
import type { ParamTypes } from "./connect.ts";

interface FeatureAnswer {
	readonly data: { readonly df_parameter: readonly { readonly param_type: string }[] };
}

/** Types of features' parameters, asked for when a feature is first connected. */
export class FeatureTypes {
	readonly #known = signal<ParamTypes>(new Map());
	readonly #asked = new Set<number>();
	readonly #ask: Ask;

	constructor(ask: Ask) {
		this.#ask = ask;
	}

	get known(): ReadonlySignal<ParamTypes> {
		return this.#known;
	}

	learn(dfId: number): void {
		if (this.#asked.has(dfId)) return;
		this.#asked.add(dfId);
		void this.#load(dfId);
	}

	async #load(dfId: number): Promise<void> {
		const answer = await this.#ask<FeatureAnswer>("GET", `api/v0/devicefeature/${dfId}`);
		if (!answer.ok) {
			this.#asked.delete(dfId);
			return;
		}
		const types = answer.body.data.df_parameter.map(({ param_type }) => param_type);
		this.#known.value = new Map([...this.#known.peek(), [dfId, types]]);
	}
}
