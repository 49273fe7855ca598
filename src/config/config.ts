import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { Value } from "@sinclair/typebox/value";
import { closestMatch } from "leven";
import { ConfigError, codeOf, DeniedError, type LogLevel, type LogLevels } from "../kit/mod.ts";
import { brokerAddresses } from "./broker-addresses.ts";
import { accepts, defaultText, type Field, readValue, sections } from "./fields.ts";
import { absolute, withHome } from "./home.ts";
import { at, type IniFile, readIni } from "./ini.ts";
import { interpolate } from "./interpolate.ts";
import { type Config, ConfigSchema } from "./schema.ts";

/** Values every section has unless it says otherwise, as in Python's configparser. */
const COMMON = "DEFAULT";
/** Sections of the original's other programs, however near they are to ours. */
const OTHERS_SECTIONS = new Set(["default", "ccm", "csm", "gui", "ccm-db", "csm-db", "gui-db"]);

/**
 * The configuration without any file.
 * @param home Directory `~` stands for.
 */
export function defaultConfig(home = homedir()): Config {
	return expandUserdir(Value.Create(ConfigSchema), home);
}

/**
 * Reads and validates an ini file (`csm.md §9`).
 * @param path File named with `-c`.
 * @param home Directory `~` stands for.
 * @throws ConfigError naming file, line, key, the bad value and what is accepted.
 */
export function loadConfig(path: string, home = homedir()): Config {
	return parseConfig(path, readText(path), home);
}

/**
 * Validates an ini text. Unknown sections are ignored (GUI and CCM keep theirs in the same
 * file); an unknown key in a known section is an error, because it is a typing mistake.
 * @throws ConfigError as {@link loadConfig}.
 */
export function parseConfig(path: string, text: string, home = homedir()): Config {
	const file = readIni(path, text);
	const known = knownFields();
	refuseStrangeLines(file, known);
	const values: Record<string, Record<string, unknown>> = {};
	for (const [section, fields] of known) {
		refuseUnknownKeys(file, section, fields);
		values[section] = Object.fromEntries(
			fields.map((field) => [field.key, readField(file, known, field, home)]),
		);
	}
	const config = expandUserdir(Value.Decode(ConfigSchema, values), home);
	refuseBadAddresses(file, config);
	const { cert, key } = config.tls;
	if ((cert === "") !== (key === "")) {
		const [is, isNot] = cert === "" ? ["key", "cert"] : ["cert", "key"];
		throw new ConfigError(`Cannot use "${path}": [tls] has ${is}, but not ${isNot}`);
	}
	return config;
}

/**
 * The user directory an ini names, whatever else is wrong with it: a running server must be found although
 * somebody has mistyped something since.
 * @returns undefined when it names none, or none that can be used.
 * @throws ConfigError when the file cannot be read.
 */
export function loadUserdir(path: string, home = homedir()): string | undefined {
	const file = readIni(path, textOf(readBytes(path), false));
	const known = knownFields();
	const field = known.get("core")?.find(({ key }) => key === "userdir");
	const isThere = ["core", COMMON].some((name) => file.sections.get(name)?.has("userdir"));
	if (field === undefined || !isThere) return undefined;
	try {
		const written = readField(file, known, field, home);
		return typeof written === "string" ? absolute(written, home) : undefined;
	} catch (error) {
		if (error instanceof ConfigError) return undefined;
		throw error;
	}
}

/**
 * Sections that are not read and look like one of ours that is missing, each in words: other programs keep theirs
 * in the same file, so that a start does not refuse them.
 */
export function misspeltSections(path: string): string[] {
	const file = readIni(path, readText(path));
	const known = knownFields();
	return [...file.sections.keys()].flatMap((section) => {
		if (known.has(section) || OTHERS_SECTIONS.has(section.toLowerCase())) return [];
		const missing = [...known.keys()].filter((name) => !file.sections.has(name));
		const near = closestMatch(section.toLowerCase(), missing, { maxDistance: 2 });
		if (near === undefined || near.length < section.length - 2) return [];
		const line = at(file.lineOfSection(section));
		return [`"${file.path}"${line}: [${section}] is not read (did you mean [${near}]?)`];
	});
}

/** Schemes clients use. */
export interface Schemes {
	readonly http: "http" | "https";
	readonly mqtt: "mqtt" | "mqtts";
	readonly ws: "ws" | "wss";
}

/** The schemes devices are told (`csm.md §2.2`): those in the ini, or what the listeners speak. */
export function schemesOf({ core, "core-mqtt": mqtt, "core-ws": ws, tls }: Config): Schemes {
	const isOurs = mqtt.broker === "embedded" && tls.cert !== "";
	return {
		http: core["http-scheme"] === "auto" ? (tls.cert ? "https" : "http") : core["http-scheme"],
		mqtt: mqtt.scheme === "auto" ? (isOurs ? "mqtts" : "mqtt") : mqtt.scheme,
		ws: ws.scheme === "auto" ? (isOurs ? "wss" : "ws") : ws.scheme,
	};
}

/** Which of our listeners encrypt: those with an encrypted scheme, once there is a certificate. */
export function encryptionOf(config: Config): { http: boolean; mqtt: boolean; ws: boolean } {
	const schemes = schemesOf(config);
	const can = config.tls.cert !== "";
	return {
		http: can && schemes.http === "https",
		mqtt: can && schemes.mqtt === "mqtts",
		ws: can && schemes.ws === "wss",
	};
}

/** Whether only this machine reaches the listeners. */
export function isLocal({ core }: Config): boolean {
	return core.bind.startsWith("127.") || core.bind === "::1" || core.bind === "localhost";
}

/** Whether logins are asked for: unless the ini says otherwise, as soon as others reach the server. */
export function authIsOn(config: Config): boolean {
	const { auth } = config.core;
	if (auth !== "auto") return auth === "on";
	return config.aaa.enable_mqtt_auth || !isLocal(config);
}

/** What the configuration leaves open, in words for people. */
export function cautions(config: Config): string[] {
	const { core, "core-mqtt": mqtt } = config;
	if (isLocal(config) || authIsOn(config)) return [];
	const what = mqtt.broker === "external" ? "HTTP is" : "HTTP and MQTT are";
	return [`${what} open to everyone who reaches ${core.bind}, without a login (auth = off)`];
}

/** What functions can do outside of the engine by the configuration; undefined when they are sandboxed. */
export function functionsCaution({ esm }: Config): string | undefined {
	if (esm.engine === "embedded") return undefined;
	return "functions run as the server's user (engine = python3): they can read and change its database, read the local admin key, signal the server, open connections, and start programs that outlive it";
}

/** Keys whose values differ between two configurations. */
export function changedKeys(before: Config, after: Config): Field[] {
	const valueIn = (config: Config, { section, key }: Field) =>
		Object.entries(sectionOf(config, section)).find(([name]) => name === key)?.[1];
	return sections()
		.flatMap(({ fields }) => fields)
		.filter((field) => valueIn(before, field) !== valueIn(after, field));
}

/** A configuration with the values of another one where those may change while the server runs. */
export function withReloadable(current: Config, next: Config): Config {
	const merged = sections().map(({ name, fields }) => {
		const reloadable = new Set(fields.filter(({ reload }) => reload).map(({ key }) => key));
		const taken = Object.entries(sectionOf(next, name)).filter(([key]) => reloadable.has(key));
		return [name, { ...sectionOf(current, name), ...Object.fromEntries(taken) }];
	});
	return Value.Decode(ConfigSchema, Object.fromEntries(merged));
}

function sectionOf(config: Config, section: string): object {
	return Object.entries(config).find(([name]) => name === section)?.[1] ?? {};
}

/** How loud each room is, from the ini's [log]. */
export function logLevels({ log }: Config): LogLevels {
	const rooms = log.rooms
		.split(/, */)
		.filter((entry) => entry !== "")
		.map((entry) => entry.split(":"))
		.map(([room = "", level]) => [room, level as LogLevel] as const);
	return { level: log.level, rooms: new Map(rooms) };
}

function readText(path: string): string {
	const bytes = readBytes(path);
	try {
		const text = textOf(bytes, true);
		if (text.includes("\0")) throw new ConfigError(`Cannot read "${path}": it is not a text`);
		return text;
	} catch (error) {
		if (error instanceof TypeError)
			throw new ConfigError(`Cannot read "${path}": it is not UTF-8 text`);
		throw error;
	}
}

function readBytes(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (error) {
		if (codeOf(error) === "ENOENT") throw new ConfigError(`ini file not found: ${path}`);
		throw DeniedError.from(`Cannot read the ini "${path}"`, path, error);
	}
}

/** @throws TypeError for what is not UTF-8, if it has to be. */
function textOf(bytes: Uint8Array, isStrict: boolean): string {
	return new TextDecoder("utf-8", { fatal: isStrict }).decode(bytes);
}

function knownFields(): Map<string, Field[]> {
	return new Map(sections().map((section) => [section.name, section.fields]));
}

function refuseBadAddresses(file: IniFile, { "core-mqtt": { connect, port } }: Config): void {
	const addresses = brokerAddresses(connect, port);
	if (typeof addresses !== "string") return;
	throw new ConfigError(
		`Cannot use "${file.path}"${at(file.lineOf("core-mqtt", "connect"))}: "connect" in [core-mqtt] ${addresses}`,
	);
}

function refuseStrangeLines(file: IniFile, known: Map<string, Field[]>): void {
	for (const section of file.sections.keys()) {
		const plain = section.toLowerCase().replaceAll(/[\s_]+/g, "-");
		if (known.has(section) || !known.has(plain)) continue;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOfSection(section))}: [${section}] is not read; write [${plain}]`,
		);
	}
	// Other programs' sections are theirs.
	const problem = file.problems.find(({ section }) => section === "" || known.has(section));
	if (problem === undefined) return;
	throw new ConfigError(`Cannot use "${file.path}"${at(problem.line)}: ${problem.text}`);
}

function refuseUnknownKeys(file: IniFile, section: string, fields: Field[]): void {
	const names = fields.map((field) => field.key);
	for (const key of file.sections.get(section)?.keys() ?? []) {
		if (names.includes(key)) continue;
		const near = closestMatch(key, names, { maxDistance: 3 });
		const hint = near === undefined ? `known are ${names.join(", ")}` : `did you mean "${near}"?`;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOf(section, key))}: unknown key "${key}" in [${section}] (${hint})`,
		);
	}
}

function readField(
	file: IniFile,
	known: Map<string, Field[]>,
	field: Field,
	home: string,
): unknown {
	const { section, key } = field;
	const valueIn = (name: string, of: string) =>
		file.sections.get(name)?.get(of) ?? file.sections.get(COMMON)?.get(of);
	const raw = valueIn(section, key);
	if (raw === undefined) return field.schema.default;
	const refuse = (problem: string): never => {
		const shown = field.secret ? "" : ` "${raw}"`;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOf(section, key))}: "${key}" in [${section}] has the value${shown}, which ${problem}`,
		);
	};
	const remark = field.secret ? undefined : file.remarkIn(section, key);
	if (remark !== undefined) {
		return refuse(
			`has "${remark.trim()}" in it: a comment stands on a line of its own; in quotes it belongs to the value`,
		);
	}
	const lookUp = (otherSection: string, otherKey: string) => {
		const other = known.get(otherSection)?.find((candidate) => candidate.key === otherKey);
		return valueIn(otherSection, otherKey) ?? (other && defaultText(other));
	};
	const context = { section, lookUp, home: field.path ? home : undefined };
	const result = interpolate(raw, context, [`${section}:${key}`]);
	if ("problem" in result) return refuse(result.problem);
	const { text } = result;
	if (field.path && /^~[^/]/.test(text)) {
		return refuse("begins with somebody else's home: only ~/ is known");
	}
	const value = readValue(field, field.path ? withHome(text, home) : text);
	return value === undefined ? refuse(`is not ${accepts(field)}`) : value;
}

function expandUserdir(config: Config, home: string): Config {
	const userdir = absolute(config.core.userdir, home);
	return { ...config, core: { ...config.core, userdir } };
}
