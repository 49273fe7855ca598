import { type Cancel, type Clock, InvariantError, type Logger, messageOf } from "../../kit/mod.ts";
import type { Engine } from "./engine-process.ts";
import { HeadClock } from "./head-clock.ts";
import { type EngineReply, SLICE_MS } from "./protocol.ts";
import { isQuick } from "./reply-poll.ts";
import { StartTrouble } from "./start-trouble.ts";
import type { Launch, SupervisorEvents, Task } from "./task.ts";
import { TaskQueue } from "./task-queue.ts";

/**
 * The engine answers each slice; beyond slice and call it gets this for what its own time limit needs to end a call, so
 * that only what cannot be ended that way costs all functions their globals.
 */
const GRACE_MS = 1000;
const START_TIMEOUT_MS = 30_000;

/**
 * Keeps one engine running once it is asked for: sends it requests in order, watches the time it takes
 * for each, and replaces it when it is stuck, sends malformed replies or ends.
 */
export class EngineSupervisor {
	readonly #launch: Launch;
	readonly #callTimeoutMs: number;
	readonly #events: SupervisorEvents;
	readonly #clock: Clock;
	readonly #log: Logger;
	#engine: Engine | undefined;
	#isReady = false;
	#isStopped = false;
	readonly #tasks = new TaskQueue();
	readonly #headClock: HeadClock;
	#cancelRestart: Cancel | undefined;
	#restarts = 0;
	readonly #trouble: StartTrouble;
	/** Why the last engine was replaced; undefined for the first one. */
	#replaced: string | undefined;
	#killReason: string | undefined;
	/** The engine is replaced on request: nothing it works on is to blame. */
	#isAsked = false;
	#ended: (() => void) | undefined;

	/** @param callTimeoutMs Time one message, or a source's top level, may take. */
	constructor(
		launch: Launch,
		callTimeoutMs: number,
		events: SupervisorEvents,
		clock: Clock,
		log: Logger,
	) {
		this.#launch = launch;
		this.#callTimeoutMs = callTimeoutMs;
		this.#events = events;
		this.#clock = clock;
		this.#log = log;
		this.#trouble = new StartTrouble(log);
		this.#headClock = new HeadClock(clock, {
			limitMs: () => this.#limitMs(),
			lookMs: callTimeoutMs,
			isIdle: () => this.isIdle,
			waitedMs: () => this.#engine?.waitedMs ?? 0,
			onLate: () => this.#onLate(),
		});
	}

	/** Whether requests can be sent. */
	get isReady(): boolean {
		return this.#isReady;
	}

	/** `off` until it is started, and while a new start waits for its time. */
	get state(): "off" | "starting" | "ready" {
		if (this.#engine === undefined) return "off";
		return this.#isReady ? "ready" : "starting";
	}

	get pid(): number | null {
		return this.#engine?.pid ?? null;
	}

	/** Engines that were replaced. */
	get restarts(): number {
		return this.#restarts;
	}

	/** Why there is no engine although one is wanted; undefined while there is one, or none is wanted. */
	get problem(): string | undefined {
		return this.#trouble.problem;
	}

	/** Whether every request has been answered. */
	get isIdle(): boolean {
		return this.#tasks.isEmpty && this.state !== "starting";
	}

	/**
	 * Starts an engine unless there is one, or one is about to be started anyway. One that cannot be started
	 * is tried again, in growing pauses.
	 */
	start(): void {
		if (this.#engine !== undefined || this.#isStopped || this.#cancelRestart !== undefined) return;
		this.#headClock.restart();
		try {
			this.#engine = this.#launched();
		} catch (error) {
			this.#onFailedStart(messageOf(error));
			return;
		}
		this.#headClock.watch();
		this.#events.onStarting();
	}

	#launched(): Engine {
		const begun = this.#clock.now();
		// Nothing is said before it is launched, nor by a process whose launch failed after all.
		let engine: Engine | undefined;
		const launched = this.#launch({
			onReply: (reply) => {
				if (engine === undefined || engine !== this.#engine) return;
				if (reply.answer === "ready") this.#logReady(engine.pid, begun, reply.unfiltered);
				this.#take(reply);
			},
			onExit: (reason) => {
				if (engine !== undefined && engine === this.#engine) this.#onExit(reason);
			},
		});
		engine = launched;
		return launched;
	}

	#logReady(engine: number, begunMs: number, unfiltered: string): void {
		const ms = Math.round(this.#clock.now() - begunMs);
		const syscall_filter = unfiltered === "";
		this.#log.info("function engine ready", { engine, syscall_filter, ms });
		if (syscall_filter) return;
		const fields = { engine, reason: unfiltered };
		this.#log.warn("the system calls of the function engine are not filtered", fields);
	}

	/** Sends a request; only while {@link isReady}. */
	send(task: Task): void {
		const { isEmpty } = this.#tasks;
		if (isEmpty) this.#headClock.restart();
		this.#tasks.add(task);
		this.#headClock.watch();
		this.#engine?.send(task.request, isEmpty && isQuick(task.request));
	}

	/**
	 * Replaces the engine, or starts one at once that could not be started so far; does nothing where none has been
	 * asked for.
	 */
	restart(reason: string): void {
		if (this.#engine !== undefined) {
			this.#isAsked = true;
			this.#kill(reason);
		} else if (this.#cancelRestart !== undefined) {
			this.#cancelRestart();
			this.#cancelRestart = undefined;
			this.start();
		}
	}

	/** Ends the engine; it is gone when the promise resolves. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#headClock.stop();
		this.#cancelRestart?.();
		if (this.#engine === undefined) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#ended = resolve;
		this.#engine.kill();
		await promise;
	}

	// User code runs on the other side: an answer that makes no sense costs the engine, nothing else.
	#take(reply: EngineReply): void {
		if (this.#killReason !== undefined) return;
		try {
			this.#onReply(reply);
		} catch (error) {
			this.#kill(messageOf(error));
		}
	}

	#onReply(reply: EngineReply): void {
		if (reply.answer === "ready") {
			if (this.#isReady) throw new InvariantError("it answered out of turn");
			this.#isReady = true;
			this.#trouble.over();
			const replaced = this.#replaced;
			this.#replaced = undefined;
			this.#events.onReady(replaced);
		} else {
			this.#headClock.restart();
			this.#tasks.answer(reply);
		}
		this.#events.onProgress();
	}

	#onLate(): void {
		const late = `it was not ready within ${START_TIMEOUT_MS / 1000} s`;
		this.#kill(this.#isReady ? `time limit of ${this.#callTimeoutMs} ms exceeded` : late);
	}

	#limitMs(): number {
		return this.#isReady ? this.#callTimeoutMs + SLICE_MS + GRACE_MS : START_TIMEOUT_MS;
	}

	#kill(reason: string): void {
		this.#killReason = reason;
		this.#engine?.kill();
	}

	#onExit(exit: string): void {
		const reason = this.#killReason ?? `the function engine ended (${exit})`;
		const wasReady = this.#isReady;
		const isAsked = this.#isAsked;
		this.#isAsked = false;
		this.#engine = undefined;
		this.#isReady = false;
		this.#killReason = undefined;
		this.#headClock.stop();
		if (this.#isStopped) {
			this.#ended?.();
			return;
		}
		this.#restarts += 1;
		if (!wasReady) {
			if (isAsked) this.start();
			else this.#onFailedStart(reason);
			return;
		}
		this.#replaced = reason;
		this.#log[isAsked ? "warn" : "error"]("function engine replaced", {
			reason,
			at: this.#tasks.current ?? "rest",
		});
		this.#tasks.lose(reason, !isAsked);
		this.start();
	}

	#onFailedStart(reason: string): void {
		const { problem, pauseMs } = this.#trouble.failed(reason);
		this.#cancelRestart = this.#clock.after(pauseMs, () => {
			this.#cancelRestart = undefined;
			this.start();
		});
		this.#events.onFailedStart(problem);
	}
}
