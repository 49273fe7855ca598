import { resolve } from "node:path";
import { ConfigError, readTextFile } from "../../kit/mod.ts";
import { type StoreOptions, shownUrl, URL_SETTING } from "../place.ts";

const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
const DEFAULT_PORT = 5432;
const KNOWN = ["sslmode", "sslrootcert"];
const EXAMPLE = "postgres://iottalk@localhost:5432/iottalk";
/** Of the environment. */
const PASSWORD = "IOTCTL_DB_PASSWORD";
const PASSWORD_FILE = "password-file in [core-db]";
/** Of a name in PostgreSQL, which cuts off the rest. */
const MAX_NAME_BYTES = 63;

/** A PostgreSQL database, and how it is reached. */
export interface PostgresAddress {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly database: string;
	readonly sslMode: (typeof SSL_MODES)[number];
	/** PEM of the authority of its certificate; undefined: those of the system. */
	readonly authority: string | undefined;
	/** Empty: none. */
	readonly password: string;
	/** Without a password, for people. */
	readonly text: string;
	/** What the ini calls it, such as `url in [core-db]`. */
	readonly setting: string;
}

/**
 * Reads where a database is, and where a server listens for notifications, which may be the same address.
 * @throws ConfigError as {@link readAddress}.
 */
export function readAddresses(options: StoreOptions): {
	readonly address: PostgresAddress;
	readonly listenAt: PostgresAddress;
} {
	const address = readAddress(options.url, options);
	const listenUrl = options.postgres?.listenUrl ?? "";
	if (listenUrl === "") return { address, listenAt: address };
	return { address, listenAt: readAddress(listenUrl, options, "listen-url in [core-db]") };
}

/**
 * Reads the address of a database, and its password.
 * @param setting What it is called in the ini.
 * @throws ConfigError when it is none, has a password in it, or a file that it names cannot be read.
 */
export function readAddress(
	url: string,
	{ userdir, postgres, setting: own = URL_SETTING }: StoreOptions,
	setting = own,
): PostgresAddress {
	const parts = parse(url, setting);
	const refuse = (why: string): never => {
		throw new ConfigError(`${setting} is "${shownUrl(url)}": ${why}`);
	};
	if (parts.password !== "") {
		throw new ConfigError(
			`${setting} has a password in it; write it into a file that only the server's user can read, and name that with password-file in [core-db]`,
		);
	}
	const user = decoded(parts.username);
	if (user === "") refuse(`it names no user; write it like ${EXAMPLE}`);
	const database = decoded(parts.pathname.slice(1));
	if (database === "" || database.includes("/")) {
		refuse(`it names no database; write it like ${EXAMPLE}`);
	}
	const bad = whyNoName("user", user) ?? whyNoName("database", database);
	if (bad !== undefined) refuse(bad);
	if (parts.hash !== "") refuse("what is behind # is not read; in a name # is written %23");
	for (const name of parts.searchParams.keys()) {
		if (!KNOWN.includes(name)) refuse(`"${name}" is not known; known are ${KNOWN.join(", ")}`);
		if (parts.searchParams.getAll(name).length > 1) refuse(`"${name}" is in it twice`);
	}
	const mode = parts.searchParams.get("sslmode") ?? "prefer";
	const sslMode = SSL_MODES.find((known) => known === mode);
	if (sslMode === undefined) {
		return refuse(`sslmode is one of ${SSL_MODES.join(", ")}, not "${mode}"`);
	}
	const root = parts.searchParams.get("sslrootcert");
	if (root !== null && !sslMode.startsWith("verify")) {
		refuse("sslrootcert counts with sslmode=verify-full, or verify-ca, only");
	}
	const host = parts.hostname.replace(/^\[(.*)\]$/, "$1");
	const port = parts.port === "" ? DEFAULT_PORT : Number(parts.port);
	return {
		...{ host, port, user, database, sslMode },
		authority: root === null ? undefined : authorityIn(resolve(userdir, root)),
		password: passwordOf(userdir, postgres?.passwordFile ?? ""),
		text: `postgres://${parts.username}@${parts.hostname}:${port}${parts.pathname}`,
		setting,
	};
}

function parse(url: string, setting: string): URL {
	const found = URL.canParse(url) ? new URL(url) : undefined;
	if (found !== undefined && /^[^,]+$/.test(found.hostname) && found.port !== "0") return found;
	const hosts = url.includes(",")
		? "; of several hosts name the one in front of them, such as haproxy"
		: "";
	throw new ConfigError(
		`${setting} is "${shownUrl(url)}", which is not the address of a database; write it like ${EXAMPLE}${hosts}`,
	);
}

/** Why a user or a database cannot be called so; undefined: they can. */
function whyNoName(what: string, name: string): string | undefined {
	if (/\p{Cc}/u.test(name)) return `the name of its ${what} has a control character in it`;
	if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return undefined;
	return `the name of its ${what} has more than ${MAX_NAME_BYTES} bytes, the most that PostgreSQL takes`;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function passwordOf(userdir: string, file: string): string {
	if (file === "") return process.env[PASSWORD] ?? "";
	const path = resolve(userdir, file);
	const password = readTextFile(path, PASSWORD_FILE).replace(/\r?\n.*/s, "");
	if (!password.includes("\0")) return password;
	throw new ConfigError(
		`Cannot read "${path}" (${PASSWORD_FILE}): there is a NUL character in its first line, which is the password`,
	);
}

/** @throws ConfigError when the file has no certificate. */
function authorityIn(path: string): string {
	const text = readTextFile(path, "sslrootcert in [core-db]");
	if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
	throw new ConfigError(
		`Cannot read "${path}" (sslrootcert in [core-db]): there is no certificate in it; name a PEM file, which begins with -----BEGIN CERTIFICATE-----`,
	);
}
