import { type Broker, EmbeddedBroker, ExternalBroker, type RetainedDisk } from "./broker/broker.ts";
import type { Config } from "./config/config.ts";
import { ClientApi } from "./csm/client-api.ts";
import { DeviceApi, Devices, SIGNAL_DEFAULTS, Signals } from "./csm/devices/devices.ts";
import { GraphApi } from "./csm/graphs/graphs.ts";
import { HttpApi } from "./csm/http/http.ts";
import { messageOf } from "./errors.ts";
import { DataPath } from "./esm/esm.ts";
import type { Logger } from "./log.ts";
import { Store } from "./store/store.ts";

/** Time queued messages get to be finished at stop, and clients to leave. */
const STOP_TIMEOUT_MS = 3000;
/** How long a start waits for an external broker. */
const BROKER_START_TIMEOUT_MS = 5000;
/** SDKs come back within seconds; the longest pause of MQTT.js and paho is two minutes. */
const CONFIRM_SECONDS = 150;
const MAX_WAITING_REQUESTS = 10_000;
const MEBIBYTE = 1 << 20;

/** Where the running server listens, or where its external broker does. */
export interface Addresses {
	readonly http: number;
	readonly mqtt: number;
	readonly ws: number;
}

interface Part {
	readonly name: string;
	start(): Promise<void> | void;
	/** Ends what is in progress while all other parts still work. */
	finish?(): Promise<void> | void;
	stop(): Promise<void> | void;
}

/** A broker with the ports devices are told. */
interface BrokerPorts {
	readonly broker: Broker;
	readonly mqtt: () => number;
	readonly ws: () => number;
}

/** The whole of `iotctl start csm`: builds every part from the configuration and runs them in order. */
export class CsmServer {
	readonly #log: Logger;
	readonly #parts: Part[];
	readonly #running: Part[] = [];
	readonly #ports: BrokerPorts;
	readonly #http: HttpApi;
	readonly store: Store;

	/** Opens the database. @throws ConfigError when it cannot be used. */
	constructor(config: Config, log: Logger) {
		this.#log = log.room("server");
		const { core, esm } = config;
		const store = new Store(
			{ userdir: core.userdir, url: config["core-db"].url },
			log.room("store"),
		);
		const ports = buildBroker(config, store, log.room("broker"));
		const { broker } = ports;
		const signals = new Signals(SIGNAL_DEFAULTS, broker, log.room("devices"));
		const devices = new Devices(
			{
				expirationSeconds: core["da-expiration"],
				maxDevices: core["max-devices"],
				confirmSeconds: CONFIRM_SECONDS,
			},
			{ store, broker, signals, log: log.room("devices") },
		);
		const dataPath = new DataPath(
			{
				engine: esm.engine,
				callTimeoutMs: esm["call-timeout"],
				batchTimeoutMs: esm["batch-timeout"],
				maxResultBytes: esm["max-result"],
				maxPrintChars: esm["max-print"],
				recursionLimit: esm["recursion-limit"],
				maxMemoryBytes: esm["engine-memory"] * MEBIBYTE,
				queuePerLink: esm["queue-per-link"],
			},
			broker,
			log.room("esm"),
		);
		const api = { broker, log: log.room("api"), maxWaiting: MAX_WAITING_REQUESTS };
		const deviceApi = new DeviceApi({ store, devices, ...api });
		const graphs = new GraphApi(
			{
				maxGraphs: esm["max-graphs"],
				maxSourceBytes: esm["max-source"],
				maxFunctions: esm["max-functions"],
			},
			{ store, dataPath, signals, ...api },
		);
		const clientApi = new ClientApi({ graphs, deviceApi, ...api });
		const http = new HttpApi(
			{
				bind: core.bind,
				port: core["http-port"],
				prefix: core["http-prefix"],
				maxBodyBytes: core["http-max-body"],
				bodyTimeoutMs: core["http-body-timeout"] * 1000,
			},
			{
				devices,
				brokerAddress: () => ({
					scheme: config["core-mqtt"].scheme,
					host: config["core-mqtt"].host,
					port: ports.mqtt(),
					ws_scheme: config["core-ws"].scheme,
					ws_port: ports.ws(),
				}),
				problems: () => [store.problem, broker.problem].filter((text) => text !== undefined),
				log: log.room("http"),
			},
		);
		this.store = store;
		this.#ports = ports;
		this.#http = http;
		// Subscriptions come before the broker opens its doors: no presence message may slip through.
		this.#parts = [
			{ name: "store", start: () => {}, stop: () => store.close() },
			{ name: "devices", start: () => devices.start(), stop: () => devices.stop() },
			{
				name: "data path",
				start: () => dataPath.start(),
				finish: () => dataPath.finish(STOP_TIMEOUT_MS),
				stop: () => dataPath.stop(),
			},
			...[
				{ name: "device API", api: deviceApi },
				{ name: "graphs", api: graphs },
				{ name: "client API", api: clientApi },
			].map(({ name, api }) => ({
				name,
				start: () => api.start(),
				finish: () => api.stop(),
				stop: () => {},
			})),
			{ name: "broker", start: () => broker.start(), stop: () => broker.stop() },
			{ name: "resync", start: () => deviceApi.resync(), stop: () => {} },
			{
				name: "http",
				start: () => http.start(),
				finish: () => http.finish(),
				stop: () => http.stop(),
			},
		];
	}

	/** Starts every part in order; when one fails, those before it are stopped again. */
	async start(): Promise<Addresses> {
		for (const part of this.#parts) {
			this.#running.push(part);
			try {
				await part.start();
			} catch (error) {
				await this.stop();
				throw error;
			}
		}
		return { http: this.#http.port, mqtt: this.#ports.mqtt(), ws: this.#ports.ws() };
	}

	/**
	 * Stops what runs in reverse order, after everything that is queued had its time to be finished;
	 * every part gets its turn, whatever the others do.
	 */
	async stop(): Promise<void> {
		const parts = this.#running.splice(0).reverse();
		await Promise.all(parts.map((part) => this.#attempt(part.name, () => finished(part))));
		for (const part of parts) await this.#attempt(part.name, () => part.stop());
	}

	async #attempt(part: string, work: () => Promise<void> | void): Promise<void> {
		try {
			await work();
		} catch (error) {
			this.#log.error("cannot stop cleanly", { part, reason: messageOf(error) });
		}
	}
}

/** Presence changes often and is told anew by every device; data is not to be told twice. */
const NOT_KEPT = /^[^/]+\/ctrl\/[io]$|^iottalk\//;

async function finished(part: Part): Promise<void> {
	const timer = Promise.withResolvers<void>();
	const timeout = setTimeout(timer.resolve, STOP_TIMEOUT_MS);
	await Promise.race([part.finish?.(), timer.promise]);
	clearTimeout(timeout);
}

function buildBroker(config: Config, store: Store, log: Logger): BrokerPorts {
	const { core, "core-mqtt": mqtt, "core-ws": ws } = config;
	if (mqtt.broker === "external") {
		const { scheme, port } = mqtt;
		const host = mqtt.host || "localhost";
		const broker = new ExternalBroker(
			{
				scheme,
				host,
				port,
				maxUnsent: mqtt["max-unsent"],
				// The schema lets no other number through.
				dataQos: mqtt["data-qos"] as 0 | 1 | 2,
				startTimeoutMs: BROKER_START_TIMEOUT_MS,
				stopTimeoutMs: STOP_TIMEOUT_MS,
			},
			log,
		);
		return { broker, mqtt: () => port, ws: () => ws.port };
	}
	const broker = new EmbeddedBroker(
		{
			bind: core.bind,
			port: mqtt.port,
			wsPort: ws.port,
			maxPacketBytes: mqtt["max-packet"],
			maxClientQueueBytes: mqtt["max-client-queue"],
			connectTimeoutMs: mqtt["connect-timeout"] * 1000,
			stopTimeoutMs: STOP_TIMEOUT_MS,
			admission: { maxClients: mqtt["max-clients"], maxConnecting: mqtt["max-connecting"] },
			subscriptions: {
				maxPerClient: mqtt["max-subscriptions"],
				maxWildcards: mqtt["max-wildcards"],
				maxTotal: mqtt["max-subscriptions-total"],
			},
			sessions: {
				maxSessions: mqtt["max-sessions"],
				maxQueued: mqtt["max-queued"],
				maxQueuedBytes: mqtt["max-queued-bytes"],
			},
			retained: {
				maxMessages: mqtt["max-retained"],
				maxBytes: mqtt["max-retained-bytes"],
				isKept: (topic) => !NOT_KEPT.test(topic),
			},
		},
		retainedDisk(store),
		log,
	);
	return { broker, mqtt: () => broker.port, ws: () => broker.wsPort };
}

function retainedDisk(store: Store): RetainedDisk {
	return {
		load: () => store.retained.all(),
		save: (changes) =>
			store.write(({ retained }) => {
				for (const [topic, message] of changes) {
					if (message === null) retained.remove(topic);
					else retained.put(message);
				}
			}),
	};
}
