import { digestOfSource, InvariantError, type Logger, systemClock } from "../kit/mod.ts";
import { engineLog } from "./engine-log.ts";
import {
	FunctionHost,
	type FunctionHostOptions,
	type FunctionHostParts,
} from "./python/function-host.ts";
import { launcher } from "./python/launcher.ts";
import { findPython3 } from "./python/python3.ts";
import type { ResultEvents } from "./python/results.ts";
import { packageBytes, readPackages } from "./python/wheels.ts";
import { type DataPathStats, enginesTogether, latencyOfAll } from "./stats.ts";

export interface EnginesOptions extends FunctionHostOptions {
	/** How many engines there may be; one that no graph needs is not started. */
	readonly engines: number;
}

export interface EnginesEvents extends ResultEvents {
	/** There is a new engine: the globals of all functions of its graphs have been reset. */
	onReset: (isOfEngine: (graph: string) => boolean, reason: string) => void;
	/**
	 * Whether data had better wait for engines that are about to be ready and to have their graphs: at the start for each
	 * that has any, later only while none of these is there, since an engine of its own is to be what a graph waits for.
	 */
	onAwaited: (isAwaited: boolean) => void;
}

export type EnginesStats = Pick<DataPathStats, "engine" | "engines" | "waiting" | "latency">;

/** The graphs by what engines call them; undefined: it is gone. */
export interface GraphNames {
	/** @param linkId Of an output. */
	ofOutput(linkId: number): string | undefined;
	ofNumber(graph: number): string | undefined;
}

/** A function that no graph has: an engine starts with its first one. */
const ANYTHING = "def run(x): return x\n";

/** Work that differs by less does not decide where a graph goes. */
const STEPS_OF_WORK = 10;

/**
 * The engines. A graph lives in one of them as long as it is attached: where there has been least work lately when it
 * first needs one, among those where the fewest graphs are. An engine may answer for its own graphs only.
 */
export class Engines {
	readonly #options: EnginesOptions;
	readonly #events: EnginesEvents;
	readonly #hosts: readonly FunctionHost[];
	/** Index of each graph's engine, by the graph's name. */
	readonly #places = new Map<string, number>();
	readonly #graphs: number[];
	/** Indexes of engines that are about to be ready. */
	readonly #awaited = new Set<number>();
	/** All that have graphs have been there once. */
	#hasBegun = false;
	/** Each has made a function since it was asked to be {@link warm}, or cannot. */
	isWarm = false;

	constructor(
		options: EnginesOptions,
		events: EnginesEvents,
		names: GraphNames,
		log: Logger,
		parts?: FunctionHostParts,
	) {
		const { engines } = options;
		this.#options = options;
		this.#events = events;
		this.#graphs = Array.from({ length: engines }, () => 0);
		this.#hosts = this.#graphs.map((_, index) => {
			const isOfEngine = (graph: string) => this.#places.get(graph) === index;
			const isOwn = (graph: string | undefined) => graph === undefined || isOfEngine(graph);
			const owns = {
				output: (linkId: number) => isOwn(names.ofOutput(linkId)),
				graph: (number: number) => isOwn(names.ofNumber(number)),
			};
			const ownLog = engines === 1 ? log : engineLog(log, index + 1);
			return new FunctionHost(
				options,
				{
					...events,
					onReset: (reason) => events.onReset(isOfEngine, reason),
					onAwaited: (isAwaited) => this.#onAwaited(index, isAwaited),
				},
				ownLog,
				{
					...(parts ?? { launch: launcher(options, ownLog), clock: systemClock }),
					handles: { first: index + 1, step: engines },
					...(engines > 1 && { owns }),
				},
			);
		});
	}

	/** What they have done so far, and what waits for them. */
	get stats(): EnginesStats {
		const engines = this.#hosts.map((host, index) => ({
			...host.stats,
			number: index + 1,
			graphs: this.#graphs[index] ?? 0,
		}));
		return {
			engine: enginesTogether(engines),
			engines,
			waiting: this.#hosts.reduce((sum, { waiting }) => sum + waiting, 0),
			latency: latencyOfAll(this.#hosts.map(({ latency }) => latency)),
		};
	}

	/** Why functions of some graphs do not run at the moment; none while all do, or none is wanted. */
	get problems(): string[] {
		return [...new Set(this.#hosts.flatMap(({ problem }) => problem ?? []))];
	}

	/** How many there may be. */
	get count(): number {
		return this.#hosts.length;
	}

	/** The engine a graph lives in, from now on if there was none. */
	of(graph: string): FunctionHost {
		const index = this.#places.get(graph) ?? this.#place(graph);
		return this.#host(index);
	}

	/** The engine that made a function. */
	ofHandle(handle: number): FunctionHost {
		return this.#host((handle - 1) % this.#hosts.length);
	}

	/**
	 * Starts all of them before any graph needs one: in a cluster, a graph comes when its data waits already. Resolves when
	 * they are warm.
	 */
	async warm(): Promise<void> {
		const source = { digest: digestOfSource(ANYTHING), code: ANYTHING, helpers: [] };
		await Promise.allSettled(this.#hosts.map((host) => host.prepare(source, true).ready));
		this.isWarm = true;
	}

	/** Number of the engine a graph lives in; undefined while it needs none. */
	numberOf(graph: string): number | undefined {
		const index = this.#places.get(graph);
		return index === undefined ? undefined : index + 1;
	}

	/** A graph is gone. */
	forget(graph: string): void {
		const index = this.#places.get(graph);
		if (index === undefined) return;
		this.#places.delete(graph);
		this.#graphs[index] = (this.#graphs[index] ?? 0) - 1;
		if (this.#awaited.has(index)) this.#tellAwaited();
	}

	/**
	 * Replaces engines: globals of their functions start over, quarantines end.
	 * @param number Of one of them, from 1; all when absent.
	 */
	restart(number?: number): void {
		for (const [index, host] of this.#hosts.entries()) {
			if (number === undefined || index + 1 === number) host.restart();
		}
	}

	/**
	 * Looks whether engines can be started.
	 * @returns what is wrong with packages that are left out.
	 * @throws ConfigError when the machine has no python3 and the options ask for it.
	 */
	check(): readonly string[] {
		const { engine, packagesDir, maxMemoryBytes } = this.#options;
		if (engine === "embedded")
			return readPackages(packagesDir, packageBytes(maxMemoryBytes)).problems;
		findPython3();
		return [];
	}

	/** Resolves when everything that is queued is done; false when `timeoutMs` was not enough. */
	async drain(timeoutMs: number): Promise<boolean> {
		const drained = await Promise.all(this.#hosts.map((host) => host.drain(timeoutMs)));
		return drained.every((isDrained) => isDrained);
	}

	/** Ends all engines; they are gone when the promise resolves. */
	async stop(): Promise<void> {
		await Promise.all(this.#hosts.map((host) => host.stop()));
	}

	#onAwaited(index: number, isAwaited: boolean): void {
		if (isAwaited) this.#awaited.add(index);
		else this.#awaited.delete(index);
		this.#tellAwaited();
	}

	#tellAwaited(): void {
		const used = this.#graphs.flatMap((graphs, index) => (graphs > 0 ? [index] : []));
		const awaited = used.filter((index) => this.#awaited.has(index)).length;
		if (used.length > 0 && awaited === 0) this.#hasBegun = true;
		const most = this.#hasBegun ? used.length : 1;
		this.#events.onAwaited(awaited > 0 && awaited >= most);
	}

	#place(graph: string): number {
		const [first = 0] = this.#hosts
			.map((host, index) => ({
				index,
				work: Math.round(host.workShare * STEPS_OF_WORK),
				graphs: this.#graphs[index] ?? 0,
			}))
			.sort((a, b) => a.work - b.work || a.graphs - b.graphs)
			.map(({ index }) => index);
		this.#places.set(graph, first);
		this.#graphs[first] = (this.#graphs[first] ?? 0) + 1;
		return first;
	}

	#host(index: number): FunctionHost {
		const host = this.#hosts[index];
		if (host === undefined) throw new InvariantError(`there is no engine ${index + 1}`);
		return host;
	}
}
