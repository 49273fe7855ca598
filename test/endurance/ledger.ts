// What a server must remember: the answered state of each thing, and the one change that may be in flight.

/** One device or graph as the load knows it; states are compared as JSON. */
export class Ledger<State> {
	#answered: State;
	/** What it is if the change without an answer took effect. */
	#inFlight: { state: State } | undefined;

	constructor(state: State) {
		this.#answered = state;
	}

	get state(): State {
		return this.#answered;
	}

	/** Runs a change; its answer makes it the state that has to be there from now on. */
	async change(state: State, send: () => Promise<State>): Promise<void> {
		this.#inFlight = { state };
		this.#answered = await send();
		this.#inFlight = undefined;
	}

	/** Takes over what the server has after a crash; says what is wrong with it, or undefined. */
	settle(found: State, isSame: (expected: State, found: State) => boolean): string | undefined {
		const candidates = [this.#answered, ...(this.#inFlight ? [this.#inFlight.state] : [])];
		const fits = candidates.some((candidate) => isSame(candidate, found));
		const wanted = candidates.map((candidate) => JSON.stringify(candidate)).join(" or ");
		this.#answered = found;
		this.#inFlight = undefined;
		return fits ? undefined : `there is ${JSON.stringify(found)}, but there should be ${wanted}`;
	}
}
