import { type Clock, messageOf } from "../../kit/mod.ts";
import { readFlag, readTried } from "./bench-answers.ts";
import { type BenchHost, KILL_MS, LATE } from "./bench-host.ts";
import type { Draft, DraftError, DraftReport, Tried } from "./draft.ts";

/** Samples are called as long as no more time has gone by, so that the last of them ends in time. */
const LAST_START_MS = 700;
/** Longest a trial may take: then the engine is killed. */
const END_MS = 1850;
const SLOW: DraftError = {
	kind: "skipped",
	line: null,
	reason: "not called: the samples before it took too long",
};
const NO_ENGINE: DraftError = {
	kind: "skipped",
	line: null,
	reason: "not called: the engine ended over a sample before it",
};

/** Calls one draft with its samples, in a job of the host. */
export class DraftTrial {
	readonly #host: Pick<BenchHost, "ask" | "replace">;
	readonly #clock: Clock;
	readonly #beginMs: number;
	#isLost = false;
	#isFull = false;

	constructor(host: Pick<BenchHost, "ask" | "replace">, clock: Clock) {
		this.#host = host;
		this.#clock = clock;
		this.#beginMs = clock.now();
	}

	/**
	 * @param samples JSON texts.
	 * @returns what it did, within {@link END_MS}.
	 */
	async run(
		{ code, helpers, stage }: Omit<Draft, "samples">,
		samples: readonly string[],
	): Promise<DraftReport> {
		const loading = await this.#call("open", { code, helpers });
		const tried: Tried[] = [];
		for (const sample of samples) {
			const former = loading.error ?? this.#reasonToStop();
			tried.push(former === null ? await this.#call("sample", { stage, sample }) : untried(former));
		}
		this.#isFull = [loading, ...tried].some(({ error }) => error?.kind === "memory");
		return { loading, samples: tried };
	}

	/** Forgets the draft. @returns whether the engine is as it was. */
	async close(): Promise<boolean> {
		if (this.#isLost) return false;
		const outcome = await this.#host.ask("close", null);
		if ("lost" in outcome) return false;
		try {
			// Python does not give memory back that was once full.
			return readFlag(outcome.text) && !this.#isFull;
		} catch {
			return false;
		}
	}

	get #elapsedMs(): number {
		return this.#clock.now() - this.#beginMs;
	}

	#reasonToStop(): DraftError | null {
		if (this.#isLost) return NO_ENGINE;
		return this.#elapsedMs > LAST_START_MS ? SLOW : null;
	}

	async #call(tool: string, argument: object): Promise<Tried> {
		const begin = this.#clock.now();
		const limitMs = Math.min(KILL_MS, END_MS - this.#elapsedMs);
		const outcome = await this.#host.ask(tool, argument, limitMs);
		if ("text" in outcome) {
			try {
				return readTried(outcome.text);
			} catch (error) {
				await this.#host.replace(messageOf(error));
			}
		}
		this.#isLost = true;
		const reason = "lost" in outcome ? outcome.lost : "the engine sent a malformed reply";
		const error = { kind: reason === LATE ? "time" : "engine", line: null, reason };
		return { error, printed: "", ms: Math.round(this.#clock.now() - begin) };
	}
}

function untried(error: DraftError): Tried {
	return { error, printed: "", ms: 0 };
}
