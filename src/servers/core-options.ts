import { resolve } from "node:path";
import type { OriginRulesOptions } from "../auth/mod.ts";
import type { HttpOptions } from "../http/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import type { ProbeOptions } from "../mqtt/mod.ts";
import { type Config, encryptionOf, HTTPS_SETTING, schemesOf } from "../settings/mod.ts";
import { isPostgres, type StoreOptions, shownUrl, URL_SETTING } from "../store/mod.ts";
import type { CertificateFiles, TlsKeys } from "../tls/mod.ts";
import type { Values } from "./current-config.ts";
import type { HttpPlaces } from "./module.ts";

/** The current certificate; undefined where there is none. */
export type Keys = (() => TlsKeys) | undefined;

/** Time queued messages get to be finished at stop, and clients to leave. */
export const STOP_TIMEOUT_MS = 3000;
/**
 * Time requests get that have been confirmed to their sender and would be lost. With all that follows it stays below the
 * 15 s of `iotctl stop` and the 20 s of the service.
 */
export const FINISH_TIMEOUT_MS = 8000;

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

/** @throws ConfigError when the address of the database is not one of its type. */
export function storeOptions({
	core,
	"core-db": db,
	cluster,
	databaseSetting,
}: Config): StoreOptions {
	const { type, url, "password-file": passwordFile, "listen-url": listenUrl } = db;
	const setting = databaseSetting ?? URL_SETTING;
	if (type === "postgres" && !isPostgres(url)) {
		throw new ConfigError(
			`${setting} is "${shownUrl(url)}", which is not the address of a PostgreSQL database; write it like postgres://iottalk@localhost:5432/iottalk, or set type = sqlite`,
		);
	}
	if (type === "sqlite" && isPostgres(url)) {
		throw new ConfigError(
			`${setting} is the address of a PostgreSQL database; set type = postgres, or name a file`,
		);
	}
	if (type === "sqlite" && ADDRESS.test(url)) {
		throw new ConfigError(
			`${setting} is "${shownUrl(url)}", an address of another kind of database; name a file of SQLite, or use PostgreSQL: type = postgres, with an address like postgres://iottalk@localhost:5432/iottalk`,
		);
	}
	const mayBeNewer = cluster.name !== "";
	return { userdir: core.userdir, url, setting, postgres: { passwordFile, listenUrl, mayBeNewer } };
}

/**
 * Where the certificate is; undefined when nothing is encrypted.
 * @throws ConfigError when there is none, and the ini names a port that needs it.
 */
export function certificateFiles({ core, tls }: Config): CertificateFiles | undefined {
	if (tls.cert === "") {
		if (core["https-port"] === 0) return undefined;
		throw new ConfigError(
			"https-port in [core] needs a certificate: set cert and key in [tls]; create one with iotctl cert self-signed",
		);
	}
	return { cert: resolve(core.userdir, tls.cert), key: resolve(core.userdir, tls.key) };
}

export function originOptions(current: Values): OriginRulesOptions {
	return {
		get allowedOrigins() {
			return current.values.core["allowed-origins"];
		},
	};
}

export function probeOptions({ "core-mqtt": mqtt }: Config): ProbeOptions {
	return { deadlineMs: mqtt["probe-timeout"] * 1000, isOurs: mqtt.broker === "embedded" };
}

/** The encrypted HTTP port the ini names; undefined: none. */
function securePort({ bind, "https-port": port }: Config["core"], tls: () => TlsKeys) {
	return port === 0 ? undefined : { bind, port, setting: HTTPS_SETTING, tls };
}

/** @param places Where modules want the routes to be found besides. */
export function httpOptions(
	current: Values,
	keys: Keys,
	places: readonly HttpPlaces[] = [],
): HttpOptions {
	const { core } = current.values;
	return {
		tls: encryptionOf(current.values).http ? keys : undefined,
		isEncrypted: schemesOf(current.values).http === "https",
		bind: core.bind,
		port: core["http-port"],
		secure: keys && securePort(core, keys),
		prefixes: [core["http-prefix"], ...places.map(({ prefix }) => prefix)],
		second: places.find(({ second }) => second !== undefined)?.second,
		maxBodyBytes: core["http-max-body"],
		get bodyTimeoutMs() {
			return current.values.core["http-body-timeout"] * 1000;
		},
	};
}
