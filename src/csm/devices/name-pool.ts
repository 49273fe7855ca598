/** The names in use and the generated ones still free (`csm.md §2.2`). */
export class NamePool {
	readonly #inUse = new Map<string, number>();
	/** Per model: no number below this is free. */
	readonly #firstMaybeFree = new Map<string, number>();

	/** Counts a use of a name; given names need not be unique. */
	claim(name: string): void {
		this.#inUse.set(name, (this.#inUse.get(name) ?? 0) + 1);
	}

	/** Takes one use of a name back. */
	release(name: string): void {
		const uses = (this.#inUse.get(name) ?? 0) - 1;
		if (uses > 0) {
			this.#inUse.set(name, uses);
			return;
		}
		this.#inUse.delete(name);
		const [, digits, model] = /^(\d{2,})\.(.*)$/su.exec(name) ?? [];
		if (digits === undefined || model === undefined) return;
		const number = Number(digits);
		const first = this.#firstMaybeFree.get(model);
		if (first !== undefined && number < first) this.#firstMaybeFree.set(model, number);
	}

	/** Claims the first free `NN.<model>`: two digits, more when a hundred are taken. */
	generate(model: string): string {
		let number = this.#firstMaybeFree.get(model) ?? 0;
		while (this.#inUse.has(numbered(number, model))) number += 1;
		this.#firstMaybeFree.set(model, number + 1);
		const name = numbered(number, model);
		this.claim(name);
		return name;
	}
}

/** A name that the server gives (`csm.md §2.2`). */
export function numbered(number: number, model: string): string {
	return `${String(number).padStart(2, "0")}.${model}`;
}
