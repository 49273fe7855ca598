import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, DeniedError } from "../../kit/mod.ts";
import { type StoreOptions, URL_SETTING } from "../place.ts";

const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
const DEFAULT_PORT = 5432;
const KNOWN = ["sslmode", "sslrootcert"];
const EXAMPLE = "postgres://iottalk@localhost:5432/iottalk";
/** Of the environment. */
const PASSWORD = "IOTCTL_DB_PASSWORD";

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
		throw new ConfigError(`${setting} is "${withoutPassword(url)}": ${why}`);
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
	for (const name of parts.searchParams.keys()) {
		if (!KNOWN.includes(name)) refuse(`"${name}" is not known; known are ${KNOWN.join(", ")}`);
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
	if (found !== undefined && found.hostname !== "") return found;
	const hosts = url.includes(",")
		? "; of several hosts name the one in front of them, such as haproxy"
		: "";
	throw new ConfigError(
		`${setting} is "${withoutPassword(url)}", which is not the address of a database; write it like ${EXAMPLE}${hosts}`,
	);
}

/** What was typed as one is not shown. */
function withoutPassword(url: string): string {
	return url.replace(/^([a-z]+:\/\/[^/@:]*):.*@/i, "$1:…@");
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
	return textOf(resolve(userdir, file), "password-file").replace(/\r?\n.*/s, "");
}

/** @throws ConfigError when the file has no certificate. */
function authorityIn(path: string): string {
	const text = textOf(path, "sslrootcert");
	if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
	throw new ConfigError(
		`Cannot read "${path}" (sslrootcert in [core-db]): there is no certificate in it; name a PEM file, which begins with -----BEGIN CERTIFICATE-----`,
	);
}

/** @throws ConfigError when the file cannot be read, or is not UTF-8 text. */
function textOf(path: string, key: string): string {
	const what = `Cannot read "${path}" (${key} in [core-db])`;
	try {
		// A byte order mark, which editors on Windows put first, is not part of a password.
		return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
	} catch (error) {
		if (error instanceof TypeError) throw new ConfigError(`${what}: it is not UTF-8 text`);
		throw DeniedError.from(what, path, error);
	}
}
