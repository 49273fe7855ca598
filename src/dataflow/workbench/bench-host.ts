import type { Cancel, Clock, Logger } from "../../kit/mod.ts";
import { SLICE_MS } from "../python/protocol.ts";
import type { Launch } from "../python/task.ts";
import { BenchEngine, type Outcome, STOPS } from "./bench-engine.ts";
import { PersonQueue } from "./person-queue.ts";

/** Time a source may take to compile, a draft's top level to run, and a draft to answer one sample. */
export const CALL_TIMEOUT_MS = 1000;
/**
 * The engine's own time limit ends most calls; what it cannot interrupt is killed so much later. Python takes part of it
 * to describe a deep recursion, on a busy machine.
 */
const GRACE_MS = 600;
/** Longest a request may take until the engine is killed. */
export const KILL_MS = CALL_TIMEOUT_MS + SLICE_MS + GRACE_MS;
/** The reason of a request that took longer. */
export const LATE = `time limit of ${CALL_TIMEOUT_MS} ms exceeded`;
const IDLE_MS = 60_000;
/** An engine that cannot be started is not tried again for so long. */
const RETRY_MS = 10_000;
const QUEUE_LIMITS = { perPerson: 3, total: 64 };

/** Why a job has not been done. */
export interface Unavailable {
	/** `off`: there is no engine; `busy`: too much waits; `input`: what is wanted is not allowed. */
	readonly refused: "off" | "busy" | "input";
	readonly reason: string;
}

const BUSY = {
	person: `busy: ${QUEUE_LIMITS.perPerson} requests of yours are waiting`,
	all: `busy: ${QUEUE_LIMITS.total} requests are waiting; try again in a moment`,
};
const STOPPED: Unavailable = { refused: "off", reason: STOPS };

/** The workbench's engine from its first use until a minute after the last, and those that wait for it. */
export class BenchHost {
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #engine: BenchEngine;
	readonly #queue = new PersonQueue(QUEUE_LIMITS);
	#cancelIdle: Cancel | undefined;
	#isStopped = false;
	#trouble: { readonly reason: string; readonly untilMs: number } | undefined;

	constructor(launch: Launch, clock: Clock, log: Logger) {
		this.#clock = clock;
		this.#log = log;
		this.#engine = new BenchEngine(launch, clock, log);
	}

	get state(): "off" | "starting" | "ready" {
		return this.#engine.state;
	}

	get pid(): number | null {
		return this.#engine.pid;
	}

	/** Jobs that wait for their turn. */
	get waiting(): number {
		return this.#queue.waiting;
	}

	/** Whether the server stops. */
	get isStopped(): boolean {
		return this.#isStopped;
	}

	/**
	 * Does a job with a running engine when its turn comes.
	 * @param who People take turns; null: the job is short, and goes before theirs.
	 */
	async use<T>(who: string | null, job: () => Promise<T>): Promise<T | Unavailable> {
		if (this.#isStopped) return STOPPED;
		const work = () => this.#work(job);
		const added = who === null ? this.#queue.addUrgent(work) : this.#queue.add(who, work);
		return typeof added === "string" ? { refused: "busy", reason: BUSY[added] } : added;
	}

	/** Calls a tool of the engine; only in a job. */
	ask(tool: string, argument: unknown, limitMs = KILL_MS): Promise<Outcome> {
		return this.#engine.ask(tool, argument, limitMs, LATE);
	}

	/** Starts the engine unless it runs; only in a job. @returns why it cannot be started. */
	async start(): Promise<string | undefined> {
		const now = this.#clock.now();
		if (this.#isStopped) return STOPPED.reason;
		if (this.#trouble !== undefined && now < this.#trouble.untilMs) return this.#trouble.reason;
		const wasOff = this.#engine.state === "off";
		const problem = await this.#engine.start();
		if (this.#isStopped) return STOPPED.reason;
		if (problem !== undefined) return this.#cannotStart(problem);
		this.#trouble = undefined;
		if (wasOff) {
			const ms = Math.round(this.#clock.now() - now);
			this.#log.debug("workbench engine ready", { engine: this.pid, ms });
		}
		return undefined;
	}

	/** Ends the engine; only in a job. */
	replace(reason: string): Promise<void> {
		return this.#engine.kill(reason);
	}

	/** Ends the engine; it is gone when the promise resolves. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#cancelIdle?.();
		await this.#engine.stop();
	}

	async #work<T>(job: () => Promise<T>): Promise<T | Unavailable> {
		this.#cancelIdle?.();
		const problem = await this.start();
		if (problem !== undefined) return { refused: "off", reason: problem };
		try {
			return await job();
		} finally {
			// Where it was lost, the next job finds a new one.
			if (this.state === "off") void this.#queue.addUrgent(() => this.start());
			this.#planEnd();
		}
	}

	#planEnd(): void {
		this.#cancelIdle?.();
		if (this.#isStopped) return;
		this.#cancelIdle = this.#clock.after(IDLE_MS, () => {
			if (this.#queue.isIdle) void this.#engine.kill("it was idle");
			else this.#planEnd();
		});
	}

	#cannotStart(problem: string): string {
		const reason = `the workbench engine cannot start: ${problem}`;
		// Said once, not at every attempt.
		if (reason !== this.#trouble?.reason) {
			this.#log.error("workbench engine cannot start", { reason: problem });
		}
		this.#trouble = { reason, untilMs: this.#clock.now() + RETRY_MS };
		return reason;
	}
}
