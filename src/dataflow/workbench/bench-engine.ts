import { type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { Engine } from "../python/engine-process.ts";
import { HeadClock } from "../python/head-clock.ts";
import type { EngineReply } from "../python/protocol.ts";
import type { Launch } from "../python/task.ts";
import { BENCH_SOURCE } from "./bench-source.ts";

const START_TIMEOUT_MS = 30_000;
const NOT_READY = `it was not ready within ${START_TIMEOUT_MS / 1000} s`;
/** Why there is no engine once it has been stopped. */
export const STOPS = "the server stops";
/** How often the time of a request is looked at. */
const LOOK_MS = 100;

/** What a request came to: the engine's answer, or why the engine is gone. */
export type Outcome = { readonly text: string } | { readonly lost: string };

/**
 * An engine that answers one request after the other, each within its time, or is killed: only that stops every stuck
 * function. It is started when it is asked for, and not by itself.
 */
export class BenchEngine {
	readonly #launch: Launch;
	readonly #log: Logger;
	readonly #headClock: HeadClock;
	#engine: Engine | undefined;
	#isReady = false;
	#open: PromiseWithResolvers<Outcome> | undefined;
	#gone: PromiseWithResolvers<void> | undefined;
	#limitMs = 0;
	#late = "";
	#killReason: string | undefined;
	#isStopped = false;

	constructor(launch: Launch, clock: Clock, log: Logger) {
		this.#launch = launch;
		this.#log = log;
		this.#headClock = new HeadClock(clock, {
			limitMs: () => this.#limitMs,
			lookMs: LOOK_MS,
			isIdle: () => this.#open === undefined,
			waitedMs: () => this.#engine?.waitedMs ?? 0,
			onLate: () => void this.kill(this.#late),
		});
	}

	get state(): "off" | "starting" | "ready" {
		if (this.#engine === undefined) return "off";
		return this.#isReady ? "ready" : "starting";
	}

	get pid(): number | null {
		return this.#engine?.pid ?? null;
	}

	/** Starts it unless it runs. @returns why it cannot be started; undefined when it runs. */
	async start(): Promise<string | undefined> {
		if (this.#isReady) return undefined;
		await this.#gone?.promise;
		if (this.#isStopped) return STOPS;
		const ready = this.#await(START_TIMEOUT_MS, NOT_READY);
		try {
			this.#engine = this.#launched();
		} catch (error) {
			this.#settle({ lost: messageOf(error) });
		}
		const started = await ready;
		if ("lost" in started) return started.lost;
		const loaded = await this.ask("load", BENCH_SOURCE, START_TIMEOUT_MS, NOT_READY);
		if ("lost" in loaded) return loaded.lost;
		this.#isReady = true;
		return undefined;
	}

	/**
	 * Calls a tool of the engine (`tools.py`); one request at a time.
	 * @param late The reason once it has taken longer than the limit.
	 */
	ask(tool: string, argument: unknown, limitMs: number, late: string): Promise<Outcome> {
		if (this.#engine === undefined) return Promise.resolve({ lost: "there is no engine" });
		const answer = this.#await(limitMs, late);
		this.#engine.send({ ask: "tool", text: JSON.stringify([tool, argument]) }, false);
		return answer;
	}

	/** Ends the engine for good. */
	stop(): Promise<void> {
		this.#isStopped = true;
		return this.kill(STOPS);
	}

	/** Ends the engine, if there is one; it is gone when the promise resolves. */
	async kill(reason: string): Promise<void> {
		if (this.#engine === undefined) return;
		this.#killReason ??= reason;
		this.#isReady = false;
		this.#gone ??= Promise.withResolvers<void>();
		this.#engine.kill();
		await this.#gone.promise;
	}

	#launched(): Engine {
		// A process that is launched says nothing before this has returned.
		let engine: Engine | undefined;
		engine = this.#launch({
			onReply: (reply) => {
				if (engine !== undefined && engine === this.#engine) this.#take(reply);
			},
			onExit: (exit) => {
				if (engine !== undefined && engine === this.#engine) this.#onExit(exit);
			},
		});
		return engine;
	}

	#await(limitMs: number, late: string): Promise<Outcome> {
		this.#open = Promise.withResolvers<Outcome>();
		this.#limitMs = limitMs;
		this.#late = late;
		this.#headClock.restart();
		this.#headClock.watch();
		return this.#open.promise;
	}

	#settle(outcome: Outcome): void {
		this.#headClock.stop();
		const open = this.#open;
		this.#open = undefined;
		open?.resolve(outcome);
	}

	// User code runs on the other side: an answer out of turn costs the engine, nothing else.
	#take(reply: EngineReply): void {
		if (this.#killReason !== undefined) return;
		if (this.#open === undefined || reply.answer === "slice")
			void this.kill("it answered out of turn");
		else this.#settle({ text: reply.answer === "ready" ? "" : reply.text });
	}

	#onExit(exit: string): void {
		const reason = this.#killReason ?? `the engine ended (${exit})`;
		this.#log.debug("workbench engine ended", { engine: this.pid, reason });
		this.#engine = undefined;
		this.#isReady = false;
		this.#killReason = undefined;
		this.#settle({ lost: reason });
		this.#gone?.resolve();
		this.#gone = undefined;
	}
}
