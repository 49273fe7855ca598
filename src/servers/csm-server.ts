import { hostname } from "node:os";
import LOGIN_PAGE from "../../build/page/login.txt" with { type: "text" };
import OPENAPI_PAGE from "../../build/page/openapi.txt" with { type: "text" };
import LIVE_PAGE from "../../build/page/page.txt" with { type: "text" };
import {
	AccountWatch,
	Auth,
	LinkGrants,
	OriginRules,
	TopicGrants,
	websocketGate,
} from "../auth/mod.ts";
import { type Authority, EmbeddedBroker, type WsGate } from "../broker/mod.ts";
import { logLevels } from "../config/mod.ts";
import {
	ClientApi,
	CSM_SCHEMA,
	CsmStore,
	DeviceApi,
	Devices,
	deviceRoutes,
	GraphApi,
	Signals,
} from "../csm/mod.ts";
import {
	DescriptorWatch,
	descriptorLimit,
	type Entrance,
	FilesWatch,
	pidPath,
	Spare,
} from "../daemon/mod.ts";
import { DataPath } from "../dataflow/mod.ts";
import { EventStreams, HttpServer } from "../http/mod.ts";
import { type Log, type Logger, messageOf, systemClock } from "../kit/mod.ts";
import { type Broker, ExternalBroker, Probe } from "../mqtt/mod.ts";
import {
	type Addresses,
	addressesOf,
	authIsOn,
	type Config,
	cautions,
	functionsCaution,
	type Ports,
	schemesOf,
} from "../settings/mod.ts";
import { LIVE_STREAMS, LiveEvents, Status, statusRoutes } from "../status/mod.ts";
import { brokerDisk, Store } from "../store/mod.ts";
import { Certificate, type TlsKeys } from "../tls/mod.ts";
import { type Reloaded, ServerOptions, STOP_TIMEOUT_MS } from "./server-options.ts";

const MAX_WAITING_REQUESTS = 10_000;

interface Part {
	readonly name: string;
	start(): Promise<void> | void;
	/** Ends what is in progress while all other parts still work. */
	finish?(): Promise<void> | void;
	stop(): Promise<void> | void;
}

/** What people are told to type. */
export interface ServerHints {
	/** The command that makes an admin, for the page that asks for a login. */
	readonly addAdmin?: string;
}

/** A broker with the ports devices are told. */
interface BrokerPorts {
	readonly broker: Broker;
	readonly mqtt: () => number;
	readonly ws: () => number;
	/** Where clients come in; undefined: at another program. */
	readonly entrance: Entrance | undefined;
}

/** The whole of `iotctl start csm`: builds every part from the configuration and runs them in order. */
export class CsmServer {
	readonly #log: Logger;
	readonly #parts: Part[];
	readonly #running: Part[] = [];
	readonly #ports: BrokerPorts;
	readonly #http: HttpServer;
	readonly #options: ServerOptions;
	readonly #allLog: Log;
	readonly #broker: Broker;
	readonly #certificate: Certificate | undefined;
	readonly store: Store;
	readonly status: Status;
	readonly auth: Auth;

	/** Opens the database. @throws ConfigError when it or the certificate cannot be used. */
	constructor(config: Config, log: Log, { addAdmin = "iotctl user add admin" }: ServerHints = {}) {
		this.#log = log.room("server");
		this.#allLog = log;
		const options = new ServerOptions(config);
		const files = options.certificate();
		const certificate = files && new Certificate(files);
		const keys = certificate && (() => certificate.keys);
		const store = new Store(options.store(), log.room("store"), [CSM_SCHEMA]);
		const csmStore = new CsmStore(store);
		const grants = new TopicGrants();
		const linkGrants = new LinkGrants(grants);
		const auth = new Auth(authIsOn(config), {
			accounts: store.accounts,
			secretHashOf: (id) => devices.get(id)?.secretHash,
			log: log.room("auth"),
		});
		const authority: Authority = {
			login: (name, password, address) => auth.login(name, password, address),
			deviceLogin: (id, password, address) => auth.deviceLogin(id, password, address),
			isCurrent: (principal) => auth.isCurrent(principal),
			remember: (principal) => auth.remember(principal),
			recall: (remembered) => auth.recall(remembered),
			mayPublish: (principal, topic) => grants.mayPublish(principal, topic),
			maySubscribe: (principal, filter) => grants.maySubscribe(principal, filter),
			onTaken: (listener) => grants.onTaken(listener),
		};
		const { bind } = config.core;
		const origins = new OriginRules(options.origins(), {
			machineName: hostname,
			ownNames: () => [bind, ...(certificate?.hostNames ?? [])],
		});
		const gate = websocketGate({ origins, isOpen: !auth.isOn, bind });
		const ports = buildBroker(options, { store, authority, gate, keys, log: log.room("broker") });
		const { broker } = ports;
		const probe = new Probe(options.probe(), { broker, log: log.room("broker") });
		const signals = new Signals(options.signals(), broker, log.room("devices"));
		const devices = new Devices(options.devices(), {
			store: csmStore,
			broker,
			signals,
			senders: () => dataPath.senders(),
			log: log.room("devices"),
		});
		const dataPath = new DataPath(options.dataPath(), broker, log.room("esm"));
		const api = { broker, log: log.room("api"), maxWaiting: MAX_WAITING_REQUESTS };
		const deviceApi = new DeviceApi({ store: csmStore, devices, ...api });
		const graphs = new GraphApi(options.graphs(), {
			store: csmStore,
			dataPath,
			// What a device may use follows its links at once.
			signals: {
				attach: (key, topic) => {
					linkGrants.linked(key, topic);
					return signals.attach(key, topic);
				},
				detach: (key) => {
					linkGrants.unlinked(key);
					return signals.detach(key);
				},
			},
			...api,
		});
		const clientApi = new ClientApi({ graphs, deviceApi, ...api });
		const status = new Status({
			devices,
			graphs,
			dataPath,
			broker,
			store,
			log,
			brokerKind: config["core-mqtt"].broker,
			logins: auth.isOn,
			addresses: () => this.addresses,
			problems: () => [
				...[store, broker, probe, dataPath, descriptors]
					.map(({ problem }) => problem)
					.filter((problem) => problem !== undefined),
				...ownFiles.problems,
			],
			isAlive: () => probe.problem === undefined,
			cautions: () =>
				[
					...cautions(config),
					functionsCaution(config),
					options.clientsCaution,
					certificate?.caution,
				].filter((text) => text !== undefined),
		});
		const ownFiles = new FilesWatch({
			files: filesOf(config, store.path),
			log: log.room("server"),
		});
		const live = new EventStreams(LIVE_STREAMS, new LiveEvents(status));
		const schemes = schemesOf(config);
		const csmRoutes = deviceRoutes({
			devices,
			brokerAddress: () => ({
				scheme: schemes.mqtt,
				host: config["core-mqtt"].host,
				port: ports.mqtt(),
				ws_scheme: schemes.ws,
				ws_port: ports.ws(),
			}),
			asksForLogins: auth.isOn,
			hasOwnBroker: config["core-mqtt"].broker === "embedded",
		});
		const page = {
			live: LIVE_PAGE,
			openApi: OPENAPI_PAGE,
			events: (stillMay: () => boolean) => live.open(stillMay),
		};
		const http = new HttpServer(options.http(keys), {
			tables: [
				{ module: "csm", routes: csmRoutes },
				{ module: "status", routes: statusRoutes(status, page) },
			],
			loginForm: LOGIN_PAGE.replace("<!-- command -->", () => Bun.escapeHTML(addAdmin)),
			auth,
			origins,
			log: log.room("http"),
		});
		const descriptors = new DescriptorWatch({
			entrances: [ports.entrance, http].filter((entrance) => entrance !== undefined),
			spare: new Spare(),
			limit: descriptorLimit(),
			clock: systemClock,
			log: log.room("server"),
		});
		const accounts = new AccountWatch({
			store,
			onChange: () => broker.disconnectRevoked(),
			log: log.room("auth"),
		});
		this.#broker = broker;
		this.#certificate = certificate;
		this.auth = auth;
		this.#options = options;
		this.status = status;
		this.store = store;
		this.#ports = ports;
		this.#http = http;
		// Subscriptions come before the broker opens its doors: no presence message may slip through.
		this.#parts = [
			{ name: "store", start: () => {}, stop: () => store.close() },
			{
				name: "devices",
				start: () => devices.start(),
				finish: () => devices.finish(),
				stop: () => devices.stop(),
			},
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
			{ name: "probe", start: () => probe.start(), stop: () => probe.stop() },
			{ name: "resync", start: () => deviceApi.resync(), stop: () => {} },
			{
				name: "http",
				start: () => http.start(),
				finish: async () => {
					live.stop();
					await http.finish();
				},
				stop: () => http.stop(),
			},
			{ name: "descriptors", start: () => descriptors.start(), stop: () => descriptors.stop() },
			{ name: "accounts", start: () => accounts.start(), stop: () => accounts.stop() },
			{ name: "files", start: () => ownFiles.start(), stop: () => ownFiles.stop() },
			{ name: "status", start: () => status.start(), stop: () => status.stop() },
		];
	}

	/** Where clients on this machine reach the server, for people; ports are known once it has started. */
	get addresses(): Addresses {
		return addressesOf(this.#options.config, this.#portsNow, "localhost");
	}

	/** The same for programs: nobody else can listen on that very address while the server does. */
	get localAddresses(): Addresses {
		const isIpv6 = this.#options.config.core.bind === "::";
		return addressesOf(this.#options.config, this.#portsNow, isIpv6 ? "[::1]" : "127.0.0.1");
	}

	/** Takes over what may change while the server runs: log levels, limits and the certificate. */
	reload(config: Config): Reloaded {
		this.#allLog.setLevels(logLevels(config));
		const reloaded = this.#options.reload(config);
		try {
			this.#renewCertificate();
		} catch (error) {
			this.#log.error("certificate not taken over: the former one stays", {
				reason: messageOf(error),
			});
		}
		return reloaded;
	}

	/** Starts every part in order; when one fails, those before it are stopped again. */
	async start(): Promise<Ports> {
		for (const part of this.#parts) {
			this.#running.push(part);
			try {
				await part.start();
			} catch (error) {
				await this.stop();
				throw error;
			}
		}
		return this.#portsNow;
	}

	/**
	 * Stops what runs in reverse order, after everything that is queued had its time to be finished;
	 * every part gets its turn, whatever the others do.
	 */
	async stop(): Promise<void> {
		const parts = this.#running.splice(0).reverse();
		await Promise.all(parts.map((part) => this.#attempt(part.name, () => finished(part))));
		for (const part of parts) await this.#attempt(part.name, () => part.stop());
		this.#allLog.flush();
	}

	get #portsNow(): Ports {
		return { http: this.#http.port, mqtt: this.#ports.mqtt(), ws: this.#ports.ws() };
	}

	#renewCertificate(): void {
		if (this.#certificate?.renew() !== true) return;
		this.#broker.renewCertificate();
		this.#http.renewCertificate();
		const { names, expiresAt } = this.#certificate;
		this.#log.info("new certificate in use", { names, expires: expiresAt.toISOString() });
	}

	async #attempt(part: string, work: () => Promise<void> | void): Promise<void> {
		try {
			await work();
		} catch (error) {
			this.#log.error("cannot stop cleanly", { part, reason: messageOf(error) });
		}
	}
}

async function finished(part: Part): Promise<void> {
	const timer = Promise.withResolvers<void>();
	const timeout = setTimeout(timer.resolve, STOP_TIMEOUT_MS);
	await Promise.race([part.finish?.(), timer.promise]);
	clearTimeout(timeout);
}

function buildBroker(
	options: ServerOptions,
	{
		store,
		authority,
		gate,
		keys,
		log,
	}: {
		store: Store;
		authority: Authority;
		gate: WsGate;
		keys: (() => TlsKeys) | undefined;
		log: Logger;
	},
): BrokerPorts {
	const { "core-mqtt": mqtt, "core-ws": ws } = options.config;
	if (mqtt.broker === "external") {
		const broker = new ExternalBroker(options.externalBroker(store.serverId), log);
		return { broker, mqtt: () => mqtt.port, ws: () => ws.port, entrance: undefined };
	}
	const disk = brokerDisk(store);
	const broker = new EmbeddedBroker(options.embeddedBroker(keys), {
		disk: disk.retained,
		sessionDisk: disk.sessions,
		authority,
		gate,
		log,
	});
	return { broker, mqtt: () => broker.port, ws: () => broker.wsPort, entrance: broker };
}

/** Files a running server cannot do without, in words. */
function filesOf({ core }: Config, database: string): Map<string, string> {
	const pid = [pidPath(core.userdir), "the file that status and stop find the server by,"] as const;
	if (database === ":memory:") return new Map([pid]);
	return new Map([
		[database, "the database"],
		[`${database}-wal`, "the database's log"],
		[`${database}.lock`, "the database's lock"],
		pid,
	]);
}
