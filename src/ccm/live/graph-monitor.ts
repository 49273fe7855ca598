import { type GraphRequest, type Outcome, Retry } from "../../csm-client/mod.ts";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";

/** A message on a monitor topic. */
export interface MonitorMessage {
	/** Valid only during the call. */
	readonly payload: Uint8Array;
}

export interface MonitorDeps {
	/** Sends one request of a graph and tells how it ended. */
	readonly ask: (graph: string, request: GraphRequest) => Promise<Outcome>;
	/** Hears a topic until it is told otherwise. */
	readonly subscribe: (
		topic: string,
		handler: (message: MonitorMessage) => void,
	) => Promise<() => Promise<void>>;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Hears a graph's monitor topic, each time CSM has told it; undefined: CSM does not monitor the graph. */
export type TopicListener = (topic: string | undefined) => void;

/** At most one record of a graph in this time (`csm.md §4.9`). */
const INTERVAL_MS = 100;
/** Another program may have ended the monitoring: it is asked for again. */
const RENEW_MS = 30_000;
/** A graph that is being built changes several times. */
const SETTLE_MS = 200;

/**
 * The monitoring of one graph, on while someone listens. What CSM does not answer or has forgotten is asked for again.
 */
export class GraphMonitor {
	readonly #graph: string;
	readonly #deps: MonitorDeps;
	readonly #listeners = new Set<(message: MonitorMessage) => void>();
	/** Others that hear the topic themselves. */
	readonly #holders = new Set<TopicListener>();
	readonly #retry: Retry;
	#topic: string | undefined;
	#unsubscribe: () => Promise<void> = async () => {};
	#run: Promise<void> | undefined;
	/** Whether CSM is to be asked once more. */
	#isDue = false;
	/** Whether CSM may be publishing. */
	#isOn = false;
	#cancelRenewal: Cancel | undefined;
	#cancelLook: Cancel | undefined;

	constructor(graph: string, deps: MonitorDeps) {
		this.#graph = graph;
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => this.look());
	}

	/** Whether it can be forgotten. */
	get isOver(): boolean {
		return !this.#isWanted && !this.#isOn && this.#run === undefined;
	}

	get #isWanted(): boolean {
		return this.#listeners.size > 0 || this.#holders.size > 0;
	}

	/** @returns what ends it. */
	listen(listener: (message: MonitorMessage) => void): () => void {
		this.#listeners.add(listener);
		this.look();
		return () => {
			if (this.#listeners.delete(listener)) this.look();
		};
	}

	/** Has the graph monitored for someone that hears the topic at the broker. @returns what ends it. */
	hold(holder: TopicListener): () => void {
		this.#holders.add(holder);
		this.look();
		return () => {
			if (this.#holders.delete(holder)) this.look();
		};
	}

	/** The graph may have been attached again: asks again in a moment. */
	changed(): void {
		this.#cancelLook ??= this.#deps.clock.after(SETTLE_MS, () => {
			this.#cancelLook = undefined;
			if (this.#isWanted) this.look();
		});
	}

	/** CSM may have another state: asks for what is wanted. */
	look(): void {
		this.#isDue = true;
		this.#run ??= this.#work().finally(() => {
			this.#run = undefined;
		});
	}

	/** Resolves when nothing is on its way. */
	async idle(): Promise<void> {
		while (this.#run !== undefined) await this.#run;
	}

	/** Ends the monitoring, even with listeners. */
	async stop(): Promise<void> {
		this.#listeners.clear();
		this.#holders.clear();
		this.#cancelLook?.();
		this.look();
		await this.idle();
	}

	async #work(): Promise<void> {
		while (this.#isDue) {
			this.#isDue = false;
			this.#cancelRenewal?.();
			try {
				if (this.#isWanted) await this.#begin();
				else await this.#end();
			} catch (error) {
				this.#deps.log.warn("cannot watch a graph", {
					graph: this.#graph,
					reason: messageOf(error),
				});
				this.#retry.failed();
			}
		}
	}

	async #begin(): Promise<void> {
		this.#isOn = true;
		const request = { op: "start_monitor", interval_ms: INTERVAL_MS };
		const outcome = await this.#deps.ask(this.#graph, request);
		const topic = outcome.kind === "done" ? outcome.reply.monitor_topics : undefined;
		const isTopic = typeof topic === "string";
		for (const tell of [...this.#holders]) tell(isTopic ? topic : undefined);
		if (!isTopic) {
			this.#retry.failed();
			return;
		}
		this.#retry.reset();
		await this.#hear(this.#listeners.size > 0 ? topic : undefined);
		this.#cancelRenewal = this.#deps.clock.after(RENEW_MS, () => this.look());
	}

	async #end(): Promise<void> {
		this.#retry.reset();
		this.#cancelLook?.();
		this.#cancelLook = undefined;
		await this.#hear(undefined);
		if (!this.#isOn) return;
		this.#isOn = false;
		await this.#deps.ask(this.#graph, { op: "stop_monitor" });
	}

	async #hear(topic: string | undefined): Promise<void> {
		if (topic === this.#topic) return;
		const unsubscribe = this.#unsubscribe;
		this.#topic = undefined;
		this.#unsubscribe = async () => {};
		await unsubscribe();
		if (topic === undefined) return;
		this.#unsubscribe = await this.#deps.subscribe(topic, (message) => {
			for (const listener of this.#listeners) listener(message);
		});
		this.#topic = topic;
	}
}
