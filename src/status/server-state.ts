import { type Clock, type Log, type Metric, systemClock } from "../kit/mod.ts";
import type { BrokerAdmin, BrokerHealth } from "../mqtt/mod.ts";
import { Lag } from "./lag.ts";
import type { MetricsText } from "./metrics-text.ts";
import { serverMetrics } from "./server-metrics.ts";

export interface ServerStateDeps {
	readonly broker: BrokerAdmin & BrokerHealth;
	readonly log: Log;
	/** What keeps the server from doing its work at the moment, from its parts and modules. */
	readonly problems: () => string[];
	/** What the configuration leaves open, for people to know. */
	readonly cautions: () => string[];
	/** False when only a restart may help. */
	readonly isAlive: () => boolean;
	/** What modules show. */
	readonly metrics: () => Iterable<Metric>;
	readonly clock?: Clock;
}

/** How a server is, whichever modules it has: problems, metrics, log. */
export class ServerState {
	readonly #deps: ServerStateDeps;
	readonly #lag: Lag;
	#metrics: Promise<MetricsText> | undefined;

	constructor(deps: ServerStateDeps) {
		this.#deps = deps;
		this.#lag = new Lag(deps.clock ?? systemClock);
	}

	start(): void {
		this.#lag.start();
	}

	stop(): void {
		this.#lag.stop();
	}

	/** Why the server cannot do its work at the moment; empty while it can. */
	get problems(): string[] {
		return this.#deps.problems();
	}

	/** What an operator should know, once where several parts say it: problems, and what the configuration leaves open. */
	get warnings(): string[] {
		return [...new Set([...this.problems, ...this.#deps.cautions()])];
	}

	/** False when only a restart may help. */
	get isAlive(): boolean {
		return this.#deps.isAlive();
	}

	/** The newest lines of the log, oldest first. */
	log(): Record<string, unknown>[] {
		return this.#deps.log.recent().map((line) => JSON.parse(line));
	}

	/** Those of every server; modules have further ones. */
	get ownMetrics(): Metric[] {
		const { broker, problems } = this.#deps;
		return serverMetrics({ broker, problems, lagSeconds: () => this.#lag.seconds });
	}

	/** The metrics in Prometheus' text format. */
	async metrics(): Promise<{ readonly contentType: string; readonly text: string }> {
		// Loaded at the first request: most gateways have no Prometheus.
		this.#metrics ??= import("./metrics-text.ts").then(({ MetricsText }) => {
			return new MetricsText([...this.ownMetrics, ...this.#deps.metrics()]);
		});
		return (await this.#metrics).read();
	}
}
