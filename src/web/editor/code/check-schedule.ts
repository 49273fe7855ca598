import type { Answer } from "../server/ask.ts";
import type { Finding } from "./functions-server.ts";

/** Milliseconds without typing before the source is checked. */
const QUIET_MS = 500;
/** After a refusal because too much waits; doubled for each further one. */
const BUSY_MS = 2000;
const MAX_BUSY_MS = 30_000;

/** What came of a check. `off`: there is no workbench; `unknown`: it could not be asked this time. */
export type CheckOutcome =
	| { readonly state: "checked"; readonly findings: readonly Finding[] }
	| { readonly state: "off" | "unknown" };

/** What the schedule lives on; tests pass their own. */
export interface CheckParts {
	check(code: string): Promise<Answer<{ readonly findings: readonly Finding[] }>>;
	/** Hears the outcome for the newest source, never for one that was typed over meanwhile. */
	hear(outcome: CheckOutcome): void;
	/** @returns what cancels it. */
	after(ms: number, run: () => void): () => void;
}

/** Has a source checked when its typing pauses: one request at a time, and none while the server has too much to do. */
export class CheckSchedule {
	readonly #parts: CheckParts;
	#cancel: () => void = () => {};
	#wanted: string | undefined;
	#isAsking = false;
	#busyMs = 0;
	#isEnded = false;

	constructor(parts: CheckParts) {
		this.#parts = parts;
	}

	typed(code: string): void {
		this.#wanted = code;
		if (!this.#isAsking) this.#wait(Math.max(QUIET_MS, this.#busyMs));
	}

	end(): void {
		this.#isEnded = true;
		this.#cancel();
	}

	#wait(ms: number): void {
		this.#cancel();
		if (!this.#isEnded) this.#cancel = this.#parts.after(ms, () => void this.#ask());
	}

	async #ask(): Promise<void> {
		const code = this.#wanted;
		if (code === undefined) return;
		this.#isAsking = true;
		const answer = await this.#parts.check(code);
		this.#isAsking = false;
		if (this.#isEnded) return;
		if (!answer.ok && answer.status === 429) {
			this.#busyMs = Math.min(Math.max(BUSY_MS, this.#busyMs * 2), MAX_BUSY_MS);
			this.#wait(this.#busyMs);
			return;
		}
		this.#busyMs = 0;
		if (code !== this.#wanted) {
			this.#wait(QUIET_MS);
			return;
		}
		this.#wanted = undefined;
		if (answer.ok) this.#parts.hear({ state: "checked", findings: answer.body.findings });
		else this.#parts.hear({ state: answer.status === 503 ? "off" : "unknown" });
	}
}
