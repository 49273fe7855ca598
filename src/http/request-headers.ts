/** The header fields of a request, read when they are asked for. */
export class RequestHeaders {
	readonly #raw: readonly string[];
	readonly #repeated = new Set<string>();
	#fields: Map<string, string> | undefined;

	/** @param raw Names and values by turns, as they came. */
	constructor(raw: readonly string[]) {
		this.#raw = raw;
	}

	/** The value, null when there is none; several are joined (RFC 9110, section 5.3). @param name In lowercase. */
	get(name: string): string | null {
		return this.#read().get(name) ?? null;
	}

	/** Names of all fields, in lowercase. */
	get names(): string[] {
		return [...this.#read().keys()];
	}

	/** Whether a field came more than once. @param name In lowercase. */
	isRepeated(name: string): boolean {
		this.#read();
		return this.#repeated.has(name);
	}

	#read(): Map<string, string> {
		if (this.#fields !== undefined) return this.#fields;
		this.#fields = new Map();
		for (let n = 0; n < this.#raw.length; n += 2) {
			const name = (this.#raw[n] ?? "").toLowerCase();
			const value = this.#raw[n + 1] ?? "";
			const former = this.#fields.get(name);
			if (former === undefined) {
				this.#fields.set(name, value);
				continue;
			}
			this.#repeated.add(name);
			this.#fields.set(name, former + (name === "cookie" ? "; " : ", ") + value);
		}
		return this.#fields;
	}
}
