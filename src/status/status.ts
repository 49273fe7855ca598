import type { DeviceView, FunctionInfoView, GraphView, StatusView } from "../contract/mod.ts";
import { type Devices, type GraphApi, metadataOf } from "../csm/mod.ts";
import type { DataPath } from "../dataflow/mod.ts";
import { type Log, VERSION } from "../kit/mod.ts";
import type { BrokerAdmin, BrokerHealth } from "../mqtt/mod.ts";
import type { Store } from "../store/mod.ts";
import { viewOf } from "./graph-view.ts";
import { Lag } from "./lag.ts";
import type { Metrics } from "./metrics.ts";
import { Rates } from "./rates.ts";
import { Titles } from "./titles.ts";

export interface StatusDeps {
	readonly devices: Devices;
	readonly graphs: GraphApi;
	readonly dataPath: DataPath;
	readonly broker: BrokerAdmin & BrokerHealth;
	readonly store: Store;
	readonly log: Log;
	readonly brokerKind: "embedded" | "external";
	/** Whether logins are asked for. */
	readonly logins: boolean;
	/** Where clients on this machine connect. */
	readonly addresses: () => { readonly http: string; readonly mqtt: string; readonly ws: string };
	/** What keeps the server from doing its work at the moment. */
	readonly problems: () => string[];
	/** False when only a restart may help. */
	readonly isAlive: () => boolean;
	/** What the configuration leaves open, for people to know. */
	readonly cautions: () => string[];
}

/** What the server says of itself, for people and machines; it changes nothing but the engine. */
export class Status {
	readonly #deps: StatusDeps;
	readonly #since = Date.now() / 1000;
	readonly #rates: Rates;
	readonly #lag = new Lag();
	readonly #titles: Titles;
	#metrics: Promise<Metrics> | undefined;
	#watchers = 0;

	constructor(deps: StatusDeps) {
		this.#deps = deps;
		this.#titles = new Titles((digest) => deps.graphs.codeInUse(digest));
		this.#rates = new Rates(() => {
			const { received, published } = deps.dataPath.stats;
			return [received, published];
		});
	}

	start(): void {
		this.#rates.start();
		this.#lag.start();
	}

	stop(): void {
		this.#rates.stop();
		this.#lag.stop();
	}

	/** The whole in one object. */
	get view(): StatusView {
		const { devices, graphs, dataPath, broker, store, brokerKind, logins, addresses } = this.#deps;
		const known = devices.list();
		const { received, published, dropped, waiting, engine } = dataPath.stats;
		const [receivedPerSecond, publishedPerSecond] = this.#rates.perSecond;
		return {
			version: VERSION,
			pid: process.pid,
			since: this.#since,
			...addresses(),
			database: store.path,
			logins,
			broker: { kind: brokerKind, ...broker.stats },
			devices: {
				online: known.filter(({ presence }) => presence === "online").length,
				known: known.length,
			},
			graphs: graphs.list().length,
			functions: graphs.functionCount,
			messages: {
				received,
				published,
				dropped: Object.fromEntries(dropped),
				waiting,
				received_per_second: receivedPerSecond,
				published_per_second: publishedPerSecond,
			},
			engine: { state: engine.state, pid: engine.pid, restarts: engine.restarts },
			memory_bytes: process.memoryUsage.rss(),
			warnings: [...this.problems, ...this.#deps.cautions()],
		};
	}

	/** Why the server cannot do its work at the moment; empty while it can. */
	get problems(): string[] {
		return this.#deps.problems();
	}

	/** False when only a restart may help. */
	get isAlive(): boolean {
		return this.#deps.isAlive();
	}

	devices(): DeviceView[] {
		return this.#deps.devices.list().map(({ record, presence }) => {
			const { name, ...rest } = metadataOf(record);
			return { ...rest, id: record.id, name: String(name ?? ""), state: presence };
		});
	}

	graphs(): GraphView[] {
		const { graphs, dataPath, devices } = this.#deps;
		const sources = {
			deviceName: (id: string) => devices.get(id)?.name ?? null,
			code: (digest: string) => graphs.codeInUse(digest),
			title: (digest: string) => this.#titles.of(digest),
		};
		return graphs
			.list()
			.map((graph) =>
				viewOf(graph, dataPath.statsOf(`${graph.key.client}/${graph.key.graph}`), sources),
			);
	}

	async functions(): Promise<FunctionInfoView[]> {
		return [...(await this.#deps.graphs.functions())];
	}

	/** Source of a stored function. */
	code(digest: string): Promise<string | undefined> {
		return this.#deps.graphs.storedCode(digest);
	}

	/** Replaces the function engine: all globals of functions start over, quarantines end. */
	restartEngine(): void {
		this.#deps.dataPath.restartEngine();
	}

	/** The newest lines of the log, oldest first. */
	log(): Record<string, unknown>[] {
		return this.#deps.log.recent().map((line) => JSON.parse(line));
	}

	/** The metrics in Prometheus' text format. */
	async metrics(): Promise<{ readonly contentType: string; readonly text: string }> {
		// Loaded when somebody asks for the first time: most gateways have no Prometheus.
		this.#metrics ??= import("./metrics.ts").then(({ makeMetrics }) =>
			makeMetrics({ ...this.#deps, lag: this.#lag }),
		);
		return (await this.#metrics).text();
	}

	/** Somebody looks: newest values are kept until the function returned is called. */
	watch(): () => void {
		this.#watchers += 1;
		this.#deps.dataPath.watch(true);
		return () => {
			this.#watchers -= 1;
			if (this.#watchers === 0) this.#deps.dataPath.watch(false);
		};
	}
}
