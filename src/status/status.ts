import {
	type ClusterView,
	type DeviceView,
	type EngineView,
	type FunctionInfoView,
	type GraphView,
	graphName,
	type NodeFigures,
	type StatusView,
} from "../contract/mod.ts";
import { type Devices, type GraphApi, macOf, metadataOf } from "../csm/mod.ts";
import type { DataPath, NumberedEngineStats } from "../dataflow/mod.ts";
import { type Clock, count, systemClock, VERSION } from "../kit/mod.ts";
import type { BrokerAdmin } from "../mqtt/mod.ts";
import type { StorePort } from "../store/mod.ts";
import { viewOf } from "./graph-view.ts";
import { Rates } from "./rates.ts";
import type { ServerState } from "./server-state.ts";
import { Titles } from "./titles.ts";

export interface StatusDeps {
	readonly devices: Pick<Devices, "list" | "get">;
	readonly graphs: Pick<
		GraphApi,
		"list" | "codeInUse" | "functionCount" | "functions" | "storedCode"
	>;
	readonly dataPath: Pick<DataPath, "stats" | "statsOf" | "watch"> & {
		readonly engines: Pick<DataPath["engines"], "count" | "numberOf" | "restart">;
	};
	readonly broker: Pick<BrokerAdmin, "stats">;
	readonly store: Pick<StorePort, "path">;
	readonly state: Pick<ServerState, "warnings" | "log">;
	/** Port of the older protocol; undefined: it is not spoken. */
	readonly v1Port?: () => number | undefined;
	readonly brokerKind: "embedded" | "external";
	/** Whether logins are asked for. */
	readonly logins: boolean;
	/** Where clients on this machine connect. */
	readonly addresses: () => Pick<StatusView, "http" | "https" | "mqtt" | "ws">;
	/** All nodes of its cluster; undefined: it is alone. */
	readonly cluster?: ClusterSource | undefined;
	readonly clock?: Clock;
}

/** What is known of a cluster. */
export interface ClusterSource {
	/** Of some moment; null: nothing yet. */
	readonly latest: ClusterView | null;
	/** As of now, where the database answers; never rejects. */
	read(): Promise<ClusterView | null>;
}

/** The other nodes are told of every device: that is counted once in so long. */
const FIGURES_MS = 1000;

/** What a server with devices and graphs says of them, for the live page and the command line. */
export class Status {
	readonly #deps: StatusDeps;
	readonly #since = Date.now() / 1000;
	readonly #rates: Rates;
	readonly #titles: Titles;
	readonly #clock: Clock;
	#figures: { readonly at: number; readonly told: NodeFigures } | undefined;

	constructor(deps: StatusDeps) {
		this.#deps = deps;
		this.#clock = deps.clock ?? systemClock;
		this.#titles = new Titles((digest) => deps.graphs.codeInUse(digest));
		this.#rates = new Rates(() => {
			const { received, published } = deps.dataPath.stats;
			return [received, published];
		}, this.#clock);
	}

	start(): void {
		this.#rates.start();
	}

	stop(): void {
		this.#rates.stop();
	}

	/** `GET /api/status`. */
	async read(): Promise<StatusView> {
		await this.#deps.cluster?.read();
		return this.view;
	}

	/** The same without waiting for a database. */
	get view(): StatusView {
		const { cluster } = this.#deps;
		return { ...this.#own, ...(cluster !== undefined && { cluster: cluster.latest }) };
	}

	get #own(): StatusView {
		const { graphs, dataPath, broker, store, brokerKind, logins } = this.#deps;
		const { received, published, dropped, waiting, engine, engines } = dataPath.stats;
		const [receivedPerSecond, publishedPerSecond] = this.#rates.perSecond;
		return {
			version: VERSION,
			pid: process.pid,
			since: this.#since,
			...this.#deps.addresses(),
			database: store.path,
			logins,
			broker: { kind: brokerKind, ...broker.stats },
			devices: this.#counts,
			v1: this.#v1View,
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
			engines: engines.map(engineView),
			memory_bytes: process.memoryUsage.rss(),
			warnings: this.#deps.state.warnings,
		};
	}

	/** What the other nodes of a cluster are told of this one. */
	get figures(): NodeFigures {
		const at = this.#clock.now();
		const last = this.#figures;
		if (last !== undefined && at - last.at < FIGURES_MS) return last.told;
		// Nothing that can fail: leases are renewed with it.
		const { waiting, engines } = this.#deps.dataPath.stats;
		const [received_per_second, published_per_second] = this.#rates.perSecond;
		const { known: devices, online } = this.#counts;
		const told = {
			...{ devices, online, graphs: this.#deps.graphs.list().length },
			...{ received_per_second, published_per_second, waiting },
			memory_bytes: process.memoryUsage.rss(),
			engines: engines.filter(({ state }) => state === "ready").length,
		};
		this.#figures = { at, told };
		return told;
	}

	get #counts(): StatusView["devices"] {
		const known = this.#deps.devices.list();
		const online = known.filter(({ presence }) => presence === "online").length;
		return { online, known: known.length };
	}

	get #v1View(): StatusView["v1"] {
		const port = this.#deps.v1Port?.();
		if (port === undefined) return null;
		const known = this.#deps.devices.list().filter(({ record }) => macOf(record) !== undefined);
		const online = known.filter(({ presence }) => presence === "online").length;
		return { port, online, known: known.length };
	}

	/** The state in a few words, without warnings. */
	get summary(): string {
		const { devices, graphs, messages } = this.#own;
		return `${devices.online} of ${devices.known} devices online, ${count(graphs, "graph")}, ${messages.received_per_second} messages/s`;
	}

	/** `GET /api/devices`. */
	devices(): DeviceView[] {
		return this.#deps.devices.list().map(({ record, presence }) => {
			const { name, ...rest } = metadataOf(record);
			return { ...rest, id: record.id, name: String(name ?? ""), state: presence };
		});
	}

	/** `GET /api/graphs`. */
	graphs(): GraphView[] {
		const { graphs, dataPath, devices } = this.#deps;
		const sources = {
			deviceName: (id: string) => devices.get(id)?.name ?? null,
			code: (digest: string) => graphs.codeInUse(digest),
			title: (digest: string) => this.#titles.of(digest),
			engine: (name: string) => dataPath.engines.numberOf(name) ?? null,
		};
		return graphs
			.list()
			.map((graph) => viewOf(graph, dataPath.statsOf(graphName(graph.key)), sources));
	}

	/** `GET /api/functions`. */
	async functions(): Promise<FunctionInfoView[]> {
		return [...(await this.#deps.graphs.functions())];
	}

	/** Source of a stored function. */
	code(digest: string): Promise<string | undefined> {
		return this.#deps.graphs.storedCode(digest);
	}

	/** The newest lines of the log, oldest first. */
	log(): Record<string, unknown>[] {
		return this.#deps.state.log();
	}

	/**
	 * Replaces function engines: globals of their functions start over, quarantines end.
	 * @param number Of one of them, from 1; all when absent.
	 * @returns whether there is one of that number.
	 */
	restartEngine(number?: number): boolean {
		const { engines } = this.#deps.dataPath;
		const isKnown = number === undefined || (number >= 1 && number <= engines.count);
		if (!isKnown) return false;
		engines.restart(number);
		return true;
	}

	/** Whether newest values are kept from now on. */
	watch(isWatched: boolean): void {
		this.#deps.dataPath.watch(isWatched);
	}
}

function engineView(engine: NumberedEngineStats): EngineView {
	const { number, state, pid, restarts, graphs, functions, messages, busySeconds } = engine;
	return { number, state, pid, restarts, graphs, functions, messages, busy_seconds: busySeconds };
}
