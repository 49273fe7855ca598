import type { Clock, Logger } from "../../kit/mod.ts";
import type { Cause } from "../cause.ts";
import type { EngineStats, LatencyStats } from "../stats.ts";
import { type DroppedGraph, readDropped } from "./answers.ts";
import { Batcher } from "./batcher.ts";
import { Blame } from "./blame.ts";
import { EngineSupervisor } from "./engine-supervisor.ts";
import { FunctionSetup } from "./function-setup.ts";
import type { EngineOptions } from "./launcher.ts";
import { type GraphSpec, inputsOf } from "./protocol.ts";
import type { ResultEvents } from "./results.ts";
import { type Owned, readRecordAnswer, type SliceBounds } from "./slice.ts";
import { change, type Launch } from "./task.ts";
import { type FunctionSource, type HandleRange, type Made, WantedState } from "./wanted-state.ts";

export interface FunctionHostOptions extends EngineOptions {
	/** Messages of one link that may wait; the newest win. */
	queuePerLink: number;
}

export interface FunctionHostEvents extends ResultEvents {
	/** A new engine is there: the globals of all functions have been reset. */
	onReset: (reason: string) => void;
	/** An engine is about to be ready and to have all graphs, or that is no longer to be expected. */
	onAwaited: (isAwaited: boolean) => void;
}

/** What a host lives on; tests pass their own. */
export interface FunctionHostParts {
	readonly launch: Launch;
	readonly clock: Clock;
	/** What the engine may answer for; everything when absent. */
	readonly owns?: Owned;
	/** Numbers of functions; those of other hosts are others. */
	readonly handles?: HandleRange;
}

/**
 * Runs user functions in the engine process, which starts with the first function or graph: keeps the
 * wanted state, which every new engine is given, and the messages on their way.
 */
export class FunctionHost {
	readonly #options: FunctionHostOptions;
	readonly #events: FunctionHostEvents;
	readonly #clock: Clock;
	readonly #engine: EngineSupervisor;
	readonly #batcher: Batcher;
	readonly #wanted: WantedState;
	readonly #setup: FunctionSetup;
	readonly #blame: Blame;
	#drained: (() => void) | undefined;

	constructor(
		options: FunctionHostOptions,
		events: FunctionHostEvents,
		log: Logger,
		{ launch, clock, owns, handles }: FunctionHostParts,
	) {
		this.#options = options;
		this.#events = events;
		this.#clock = clock;
		this.#wanted = new WantedState(handles);
		this.#blame = new Blame({ wanted: this.#wanted, onError: events.onError, clock, log });
		this.#engine = new EngineSupervisor(
			launch,
			options.callTimeoutMs,
			{
				onReady: (replaced) => this.#onReady(replaced),
				onProgress: () => this.#onProgress(),
				onStarting: () => events.onAwaited(this.problem === undefined),
				onFailedStart: (problem) => {
					this.#wanted.failOpen(problem);
					events.onAwaited(false);
				},
			},
			clock,
			log,
		);
		this.#setup = new FunctionSetup(this.#wanted, this.#engine, log);
		this.#batcher = new Batcher(
			{
				queuePerLink: options.queuePerLink,
				bounds: () => this.#bounds(),
				graphOf: (linkId) => this.#wanted.graphOf(linkId),
				owns,
			},
			this.#engine,
			{
				...events,
				onKiller: (linkId, reason) => this.#onKiller(linkId, reason),
				isSuspect: (linkId) => this.#blame.isSuspect(linkId),
				survivors: () => this.#blame.survivors,
			},
			clock,
		);
	}

	/** What the engine has done so far. */
	get stats(): EngineStats {
		const { state, pid, restarts } = this.#engine;
		const { functions } = this.#wanted;
		const { busySeconds } = this.#batcher;
		return { state, pid, ...this.#batcher.stats, restarts, functions, busySeconds };
	}

	/** Share of its time that the engine has worked on messages lately, from 0 to 1. */
	get workShare(): number {
		return this.#batcher.workShare;
	}

	/** Why functions do not run at the moment; undefined while they do, or none is wanted. */
	get problem(): string | undefined {
		return this.#engine.problem;
	}

	/** How long messages took from their arrival to the end of their functions. */
	get latency(): LatencyStats {
		return this.#batcher.latency;
	}

	/** Messages that wait for the engine. */
	get waiting(): number {
		return this.#batcher.waiting;
	}

	/**
	 * Makes a function. The handle may be declared at once; `ready` rejects with an InputError in
	 * Python's words when the source does not compile or has no `run` (`csm.md §5.3`), and calls of
	 * such a function fail with the same text.
	 * @param isPatient Whether to wait while no engine can be started, instead of rejecting.
	 */
	prepare(source: FunctionSource, isPatient = false): Made {
		const added = this.#wanted.add(source, isPatient);
		if (this.#engine.isReady) this.#setup.tell(added.handle, false);
		else this.#engine.start();
		if (this.problem !== undefined) this.#wanted.failOpen(this.problem);
		return added;
	}

	/** Forgets functions that no declared graph uses. */
	release(handles: readonly number[]): void {
		this.#wanted.release(handles);
		if (this.#engine.isReady) this.#engine.send(change("release", handles));
	}

	/** Sets the wanted state of a graph; inputs that stay keep slots and previous values, others lose what waits. */
	declare(spec: GraphSpec): void {
		const { isReady } = this.#engine;
		const former = this.#wanted.declare(spec, isReady);
		this.#blame.review(former, spec);
		const gone = inputsOf(former).difference(inputsOf(spec));
		if (gone.size > 0) for (const { cause } of this.#batcher.takeLinks(gone)) cause.done?.();
		if (isReady) this.#engine.send(change("declare", spec));
		else this.#engine.start();
	}

	/** Forgets a graph and gives back its slots and the messages that still wait. */
	async drop(graph: number): Promise<DroppedGraph> {
		const spec = this.#wanted.drop(graph);
		this.#blame.review(spec, undefined);
		const linkIds = inputsOf(spec);
		const waiting = this.#batcher.takeLinks(linkIds);
		if (!this.#engine.isReady) return { slots: {}, waiting };
		const read = (text: string) => readDropped(text, linkIds, this.#options.maxResultBytes);
		return { slots: await this.#ask<DroppedGraph["slots"]>("drop", graph, read, {}), waiting };
	}

	/** The data record (JSON) of a graph's newest run since it was last taken; null when there is none. Never rejects. */
	takeRecord(graph: number): Promise<string | null> {
		if (!this.#engine.isReady) return Promise.resolve(null);
		return this.#ask("record", graph, (text) => readRecordAnswer(text, this.#bounds()), null);
	}

	/** Queues a message of a declared input; false when an older one was dropped for it. */
	push(linkId: number, text: string, cause: Cause, at = this.#clock.now()): boolean {
		if (this.#blame.isKeptAway(linkId)) {
			cause.done?.();
			return true;
		}
		return this.#batcher.push(linkId, text, at, cause);
	}

	/** Replaces the engine; quarantines end, and sources that ended an engine are tried again. */
	restart(): void {
		this.#blame.clear();
		this.#wanted.mend();
		this.#engine.restart("requested by iotctl engine restart");
	}

	/** Resolves when everything that is queued is done; false when `timeoutMs` was not enough. */
	async drain(timeoutMs: number): Promise<boolean> {
		if (this.#engine.state === "off" || this.#isDrained()) return true;
		const { promise, resolve } = Promise.withResolvers<boolean>();
		this.#drained = () => resolve(true);
		const cancel = this.#clock.after(timeoutMs, () => resolve(false));
		return promise.finally(cancel);
	}

	/** Ends the engine; it is gone when the promise resolves. */
	stop(): Promise<void> {
		return this.#engine.stop();
	}

	/** Asks the engine something about a graph. @param lost The answer when it ends before it gives one. */
	#ask<T>(ask: "drop" | "record", graph: number, read: (text: string) => T, lost: T): Promise<T> {
		const { promise, resolve } = Promise.withResolvers<T>();
		this.#engine.send({
			request: { ask, text: JSON.stringify(graph) },
			take: (text) => {
				resolve(read(text));
				return true;
			},
			lost: () => resolve(lost),
		});
		return promise;
	}

	#bounds(): SliceBounds {
		const { maxResultBytes, maxPrintChars } = this.#options;
		const { maxSourceChars, maxOutputs } = this.#wanted;
		return { maxResultBytes, maxPrintChars, maxSourceChars, maxOutputs };
	}

	#onReady(replaced: string | undefined): void {
		this.#batcher.renew();
		this.#setup.tellAll(() => this.#events.onAwaited(false));
		if (replaced !== undefined) this.#events.onReset(replaced);
	}

	#onProgress(): void {
		this.#batcher.pump();
		if (this.#isDrained()) this.#drained?.();
	}

	#isDrained(): boolean {
		return this.#engine.isIdle && this.#batcher.waiting === 0;
	}

	#onKiller(linkId: number, reason: string): void {
		if (!this.#blame.killed(linkId, reason)) return;
		// Those that wait would only do the same.
		for (const message of this.#batcher.takeLinks(new Set([linkId]))) {
			this.#blame.isKeptAway(message.linkId);
			message.cause.done?.();
		}
	}
}
