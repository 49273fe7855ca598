/** Calls that wait for something to happen to a device. */
export class WaitingCalls {
	readonly #calls = new Map<string, (() => void)[]>();

	add(id: string, call: () => void): void {
		const calls = this.#calls.get(id);
		if (calls === undefined) this.#calls.set(id, [call]);
		else calls.push(call);
	}

	has(id: string): boolean {
		return this.#calls.has(id);
	}

	/** It has happened. */
	tell(id: string): void {
		const calls = this.#calls.get(id) ?? [];
		this.#calls.delete(id);
		for (const call of calls) call();
	}
}
