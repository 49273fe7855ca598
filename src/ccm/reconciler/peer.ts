import type { GraphRequest, Outcome } from "../../csm-client/mod.ts";

/** Sends one request of a graph and tells how it ended. */
export type Ask = (graph: string, request: GraphRequest) => Promise<Outcome>;

/** What all graphs share of the CSM they are at. */
export class Peer {
	readonly #ask: Ask;
	#asked: Promise<boolean | undefined> | undefined;
	#isBlind: boolean | undefined;
	#stopped = false;

	constructor(ask: Ask) {
		this.#ask = ask;
	}

	/** Whether it cannot tell what a graph holds (`csm.md §4.9`); undefined: not known yet. */
	get isBlind(): boolean | undefined {
		return this.#isBlind;
	}

	/** A restart may have put another program in its place. */
	forget(): void {
		this.#isBlind = undefined;
		this.#asked = undefined;
	}

	/** Nothing more is sent, whatever was planned. */
	stop(): void {
		this.#stopped = true;
	}

	async ask(graph: string, request: GraphRequest): Promise<Outcome> {
		if (this.#stopped) return { kind: "lost", reason: "the program stops" };
		return this.#ask(graph, request);
	}

	/** What a graph holds; on the way it learns of which kind the CSM is. */
	async examine(graph: string): Promise<Outcome> {
		const outcome = await this.ask(graph, { op: "get_graph" });
		if (outcome.kind === "done") this.#isBlind = false;
		else if (outcome.kind === "unsupported") this.#isBlind = true;
		return outcome;
	}

	/** Whether it is blind, found out once with any attached graph; undefined: it did not answer. */
	async kind(graph: string): Promise<boolean | undefined> {
		if (this.#isBlind !== undefined) return this.#isBlind;
		this.#asked ??= this.examine(graph)
			.then(() => this.#isBlind)
			.finally(() => {
				this.#asked = undefined;
			});
		return this.#asked;
	}
}
