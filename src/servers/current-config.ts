import type { IniFormat } from "../config/mod.ts";
import type { Config } from "../settings/mod.ts";

/** What a reload changed, keys written `section.key`. */
export interface Reloaded {
	readonly applied: readonly string[];
	/** Changed too, but they count only from the next start. */
	readonly needRestart: readonly string[];
}

/**
 * The configuration a server runs with. Options are made once and never changed; those a reload may change read this
 * each time they are asked.
 */
export class CurrentConfig {
	readonly #format: IniFormat<Config>;
	#values: Config;

	/** @param format The ini's sections, those of all modules included. */
	constructor(values: Config, format: IniFormat<Config>) {
		this.#values = values;
		this.#format = format;
	}

	get values(): Config {
		return this.#values;
	}

	/** Takes over what was changed in the ini and counts already. @param change Of some values; the others stay. */
	adopt(change: (values: Config) => Config): void {
		this.#values = change(this.#values);
	}

	/** Takes over from another configuration what may change while the server runs. */
	reload(next: Config): Reloaded {
		const changed = this.#format.changedKeys(this.#values, next);
		this.#values = this.#format.withReloadable(this.#values, next);
		const names = (now: boolean) =>
			changed
				.filter(({ reloadable }) => reloadable === now)
				.map(({ section, key }) => `${section}.${key}`);
		return { applied: names(true), needRestart: names(false) };
	}
}

/** The values a configuration has at the moment. */
export type Values = Pick<CurrentConfig, "values">;
