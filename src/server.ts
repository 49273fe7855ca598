import { type Broker, EmbeddedBroker, ExternalBroker } from "./broker/broker.ts";
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
		const store = new Store({ userdir: core.userdir, url: config["core-db"].url });
		const ports = buildBroker(config, log.room("broker"));
		const { broker } = ports;
		const signals = new Signals(SIGNAL_DEFAULTS, broker, log.room("devices"));
		const devices = new Devices(
			{ expirationSeconds: core["da-expiration"], maxDevices: core["max-devices"] },
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
				stop: () => dataPath.stop(STOP_TIMEOUT_MS),
			},
			{ name: "device API", start: () => deviceApi.start(), stop: () => deviceApi.stop() },
			{ name: "graphs", start: () => graphs.start(), stop: () => graphs.stop() },
			{ name: "client API", start: () => clientApi.start(), stop: () => clientApi.stop() },
			{ name: "broker", start: () => broker.start(), stop: () => broker.stop() },
			{ name: "resync", start: () => deviceApi.resync(), stop: () => {} },
			{ name: "http", start: () => http.start(), stop: () => http.stop() },
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

	/** Stops what runs in reverse order; every part gets its turn, whatever the others do. */
	async stop(): Promise<void> {
		for (let part = this.#running.pop(); part !== undefined; part = this.#running.pop()) {
			try {
				await part.stop();
			} catch (error) {
				this.#log.error("cannot stop cleanly", { part: part.name, reason: messageOf(error) });
			}
		}
	}
}

function buildBroker(config: Config, log: Logger): BrokerPorts {
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
			maxClients: mqtt["max-clients"],
			stopTimeoutMs: STOP_TIMEOUT_MS,
		},
		log,
	);
	return { broker, mqtt: () => broker.port, ws: () => broker.wsPort };
}
