import {
	GraphMonitor,
	type MonitorDeps,
	type MonitorMessage,
	type TopicListener,
} from "./graph-monitor.ts";

/** The program stops whether CSM answers or not; the next start ends what is left on. */
const STOP_MS = 1000;

/** The monitoring of graphs: each is on as long as anyone listens. */
export class GraphMonitors {
	readonly #deps: MonitorDeps;
	readonly #monitors = new Map<string, GraphMonitor>();
	#isStopped = false;

	constructor(deps: MonitorDeps) {
		this.#deps = deps;
	}

	/** Graphs that are watched. */
	get size(): number {
		return this.#monitors.size;
	}

	/** Hears what CSM publishes about a graph. @returns what ends it. */
	watch(graph: string, listener: (message: MonitorMessage) => void): () => void {
		return this.#use(graph, (monitor) => monitor.listen(listener));
	}

	/** Has a graph monitored for someone that hears its topic at the broker. @returns what ends it. */
	hold(graph: string, holder: TopicListener): () => void {
		return this.#use(graph, (monitor) => monitor.hold(holder));
	}

	/** A graph may have been attached again. */
	changed(graph: string): void {
		this.#monitors.get(graph)?.changed();
	}

	/** CSM may have forgotten everything. */
	resync(): void {
		for (const monitor of this.#monitors.values()) monitor.look();
	}

	/**
	 * Ends what an earlier life of this program left on, one graph after another: engines would publish for no one.
	 * @param graphs Those CSM may have.
	 */
	async sweep(graphs: Iterable<string>): Promise<void> {
		for (const graph of graphs) {
			if (this.#isStopped) return;
			if (!this.#monitors.has(graph)) await this.#deps.ask(graph, { op: "stop_monitor" });
		}
	}

	/** Ends all monitoring. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		const { promise: late, resolve } = Promise.withResolvers<void>();
		const cancel = this.#deps.clock.after(STOP_MS, resolve);
		const all = [...this.#monitors.values()].map((monitor) => monitor.stop());
		await Promise.race([Promise.all(all), late]);
		cancel();
		this.#monitors.clear();
	}

	#use(graph: string, begin: (monitor: GraphMonitor) => () => void): () => void {
		if (this.#isStopped) return () => {};
		const monitor = this.#monitors.get(graph) ?? new GraphMonitor(graph, this.#deps);
		this.#monitors.set(graph, monitor);
		const end = begin(monitor);
		return () => {
			end();
			void monitor.idle().then(() => this.#tidy(graph));
		};
	}

	#tidy(graph: string): void {
		if (this.#monitors.get(graph)?.isOver) this.#monitors.delete(graph);
	}
}
