import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { OriginRulesOptions } from "../auth/mod.ts";
import type { EmbeddedBrokerOptions } from "../broker/mod.ts";
import { readHostList, withoutBrackets } from "../config/mod.ts";
import {
	type DevicesOptions,
	type GraphApiOptions,
	SIGNAL_DEFAULTS,
	type SignalsOptions,
} from "../csm/mod.ts";
import { descriptorLimit, roomForClients } from "../daemon/mod.ts";
import type { DataPathOptions } from "../dataflow/mod.ts";
import type { HttpOptions } from "../http/mod.ts";
import { ConfigError, DeniedError } from "../kit/mod.ts";
import type { ExternalBrokerOptions, ProbeOptions } from "../mqtt/mod.ts";
import { type Config, encryptionOf, INI, schemesOf } from "../settings/mod.ts";
import type { StoreOptions } from "../store/mod.ts";
import type { CertificateFiles, TlsKeys } from "../tls/mod.ts";

/** Time queued messages get to be finished at stop, and clients to leave. */
export const STOP_TIMEOUT_MS = 3000;
/** How long a start waits for an external broker. */
const BROKER_START_TIMEOUT_MS = 5000;
/** SDKs come back within seconds; the longest pause of MQTT.js and paho is two minutes. */
const CONFIRM_SECONDS = 150;
/** Clients that speak for a device that listens elsewhere do not come back; the listener does, at once. */
const RESTORED_SECONDS = 60;
/** A class of devices that comes or goes is one write. */
const PRESENCE_SAVE_SECONDS = 0.5;
const MEBIBYTE = 1 << 20;

/** A request is carried out when it comes, not when somebody subscribes (`csm.md §4.1`). */
const REQUESTS = "iottalk/api/req/";
/** Presence changes often and is told anew by every device; data is not to be told twice. */
const NOT_KEPT = /^[^/]+\/ctrl\/[io]$|^iottalk\//;

/** The certificate of now; undefined where there is none. */
type Keys = (() => TlsKeys) | undefined;

/** What a reload changed, keys written `section.key`. */
export interface Reloaded {
	readonly applied: readonly string[];
	/** Changed too, but they count only from the next start. */
	readonly needRestart: readonly string[];
}

/**
 * The options of every room, made from the configuration. Limits that a running server can change follow
 * the configuration when it is read again: rooms look at their options whenever they need one.
 */
export class ServerOptions {
	#config: Config;
	readonly #descriptors = descriptorLimit();
	readonly #follow: (() => void)[] = [];

	constructor(config: Config) {
		this.#config = config;
	}

	get config(): Config {
		return this.#config;
	}

	/** Takes another configuration; what cannot change while the server runs stays as it is. */
	reload(config: Config): Reloaded {
		const changed = INI.changedKeys(this.#config, config);
		this.#config = INI.withReloadable(this.#config, config);
		for (const follow of this.#follow) follow();
		const names = (now: boolean) =>
			changed
				.filter(({ reloadable }) => reloadable === now)
				.map(({ section, key }) => `${section}.${key}`);
		return { applied: names(true), needRestart: names(false) };
	}

	store(): StoreOptions {
		return { userdir: this.#config.core.userdir, url: this.#config["core-db"].url };
	}

	/** Where the certificate is; undefined when nothing is encrypted. */
	certificate(): CertificateFiles | undefined {
		const { core, tls } = this.#config;
		if (tls.cert === "") return undefined;
		return { cert: resolve(core.userdir, tls.cert), key: resolve(core.userdir, tls.key) };
	}

	signals(): SignalsOptions {
		return SIGNAL_DEFAULTS;
	}

	devices(): DevicesOptions {
		const { core } = this.#config;
		return this.#following(
			{
				expirationSeconds: core["da-expiration"],
				confirmSeconds: CONFIRM_SECONDS,
				restoredSeconds: RESTORED_SECONDS,
				saveSeconds: PRESENCE_SAVE_SECONDS,
			},
			() => ({
				maxDevices: this.#config.core["max-devices"],
			}),
		);
	}

	dataPath(): DataPathOptions {
		const { core, esm } = this.#config;
		return {
			engine: esm.engine,
			packagesDir: esm.packages === "" ? "" : resolve(core.userdir, esm.packages),
			callTimeoutMs: esm["call-timeout"],
			batchTimeoutMs: esm["batch-timeout"],
			maxResultBytes: esm["max-result"],
			maxPrintChars: esm["max-print"],
			recursionLimit: esm["recursion-limit"],
			maxMemoryBytes: esm["engine-memory"] * MEBIBYTE,
			queuePerLink: esm["queue-per-link"],
		};
	}

	graphs(): GraphApiOptions {
		return this.#following({}, () => {
			const { esm } = this.#config;
			return {
				maxGraphs: esm["max-graphs"],
				maxSourceBytes: esm["max-source"],
				maxFunctions: esm["max-functions"],
			};
		});
	}

	origins(): OriginRulesOptions {
		return this.#following({}, () => ({ allowedOrigins: this.#config.core["allowed-origins"] }));
	}

	http(keys: Keys): HttpOptions {
		const { core } = this.#config;
		const fixed = {
			tls: encryptionOf(this.#config).http ? keys : undefined,
			isEncrypted: schemesOf(this.#config).http === "https",
			bind: core.bind,
			port: core["http-port"],
			prefix: core["http-prefix"],
			maxBodyBytes: core["http-max-body"],
		};
		return this.#following(fixed, () => ({
			bodyTimeoutMs: this.#config.core["http-body-timeout"] * 1000,
		}));
	}

	/** @param sessionId Of the database; undefined when it is kept in memory alone. */
	externalBroker(sessionId: string | undefined): ExternalBrokerOptions {
		const { "core-mqtt": mqtt } = this.#config;
		const own = { host: withoutBrackets(mqtt.host || "localhost"), port: mqtt.port };
		const listed = readHostList(mqtt.connect, mqtt.port);
		const [first = own, ...others] = typeof listed === "string" ? [] : listed;
		const fixed = {
			scheme: schemesOf(this.#config).mqtt,
			ca: mqtt.ca === "" ? undefined : textOf(mqtt.ca, "ca"),
			addresses: [first, ...others] as const,
			sessionId,
			isRequest: (topic: string) => topic.startsWith(REQUESTS),
			username: mqtt.username,
			password:
				mqtt["password-file"] === ""
					? mqtt.password
					: textOf(mqtt["password-file"], "password-file").replace(/\r?\n.*/s, ""),
			// The schema lets no other number through.
			dataQos: mqtt["data-qos"] as 0 | 1 | 2,
			startTimeoutMs: BROKER_START_TIMEOUT_MS,
			stopTimeoutMs: STOP_TIMEOUT_MS,
		};
		return this.#following(fixed, () => ({
			maxUnsent: this.#config["core-mqtt"]["max-unsent"],
		}));
	}

	probe(): ProbeOptions {
		const { "core-mqtt": mqtt } = this.#config;
		return { deadlineMs: mqtt["probe-timeout"] * 1000, isOurs: mqtt.broker === "embedded" };
	}

	/** Says that there are fewer descriptors than clients allowed; undefined when there are enough. */
	get clientsCaution(): string | undefined {
		const { broker, "max-clients": wanted } = this.#config["core-mqtt"];
		const room = roomForClients(wanted, this.#descriptors);
		if (broker === "external" || room === wanted) return undefined;
		return `room for ${room} MQTT clients, not for max-clients = ${wanted}: the process may have ${this.#descriptors} files open; raise that with ulimit -n, or LimitNOFILE of the service`;
	}

	embeddedBroker(keys: Keys): EmbeddedBrokerOptions {
		const encrypted = encryptionOf(this.#config);
		const { core, "core-mqtt": mqtt, "core-ws": ws } = this.#config;
		const now = () => this.#config["core-mqtt"];
		return {
			bind: core.bind,
			port: mqtt.port,
			wsPort: ws.port,
			tls: {
				mqtt: encrypted.mqtt ? keys : undefined,
				ws: encrypted.ws ? keys : undefined,
			},
			maxPacketBytes: mqtt["max-packet"],
			maxClientQueueBytes: mqtt["max-client-queue"],
			connectTimeoutMs: mqtt["connect-timeout"] * 1000,
			stopTimeoutMs: STOP_TIMEOUT_MS,
			admission: this.#following({}, () => ({
				maxClients: roomForClients(now()["max-clients"], this.#descriptors),
				maxPerAddress: now()["max-clients-per-address"],
				maxConnecting: now()["max-connecting"],
				perSecond: now()["connects-per-second"],
			})),
			subscriptions: this.#following({}, () => ({
				maxPerClient: now()["max-subscriptions"],
				maxWildcards: now()["max-wildcards"],
				maxTotal: now()["max-subscriptions-total"],
			})),
			sessions: this.#following({}, () => ({
				maxSessions: now()["max-sessions"],
				maxQueued: now()["max-queued"],
				maxQueuedBytes: now()["max-queued-bytes"],
			})),
			retained: this.#following(
				{
					isRetained: (topic: string) => !topic.startsWith(REQUESTS),
					isKept: (topic: string) => !NOT_KEPT.test(topic),
				},
				() => ({
					maxMessages: now()["max-retained"],
					maxBytes: now()["max-retained-bytes"],
				}),
			),
		};
	}

	/** Options of which some are made again at each reload. */
	#following<F extends object, R extends object>(fixed: F, make: () => R): F & R {
		const options = { ...fixed, ...make() };
		this.#follow.push(() => Object.assign(options, make()));
		return options;
	}
}

/** @throws ConfigError when the file cannot be read, or is not UTF-8 text. */
function textOf(path: string, key: string): string {
	const what = `Cannot read "${path}" (${key} in [core-mqtt])`;
	try {
		// A byte order mark, which editors on Windows put first, is no part of a password.
		return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
	} catch (error) {
		if (error instanceof TypeError) throw new ConfigError(`${what}: it is not UTF-8 text`);
		throw DeniedError.from(what, path, error);
	}
}
