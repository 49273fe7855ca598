import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { closestMatch } from "leven";
import { ConfigError, codeOf, messageOf } from "../errors.ts";
import type { LogLevel, LogLevels } from "../log.ts";
import { accepts, defaultText, type Field, readValue, sections } from "./fields.ts";
import { at, type IniFile, readIni } from "./ini.ts";
import { interpolate } from "./interpolate.ts";
import { type Config, ConfigSchema } from "./schema.ts";

export { accepts, defaultText, sections } from "./fields.ts";
export { renderSampleIni } from "./sample.ts";
export type { Config };

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
	const known = new Map(sections().map((section) => [section.name, section.fields]));
	const values: Record<string, Record<string, unknown>> = {};
	for (const [section, fields] of known) {
		refuseUnknownKeys(file, section, fields);
		values[section] = Object.fromEntries(
			fields.map((field) => [field.key, readField(file, known, field)]),
		);
	}
	const config = expandUserdir(Value.Decode(ConfigSchema, values), home);
	const { cert, key } = config.tls;
	if ((cert === "") !== (key === "")) {
		const [is, isNot] = cert === "" ? ["key", "cert"] : ["cert", "key"];
		throw new ConfigError(`Cannot use "${path}": [tls] has ${is}, but not ${isNot}`);
	}
	return config;
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
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
	} catch (error) {
		if (codeOf(error) === "ENOENT") throw new ConfigError(`ini file not found: ${path}`);
		if (error instanceof TypeError)
			throw new ConfigError(`Cannot read "${path}": it is not UTF-8 text`);
		throw new ConfigError(`Cannot read "${path}": ${messageOf(error)}`);
	}
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

function readField(file: IniFile, known: Map<string, Field[]>, field: Field): unknown {
	const { section, key } = field;
	const raw = file.sections.get(section)?.get(key);
	if (raw === undefined) return field.schema.default;
	const refuse = (problem: string): never => {
		const shown = field.secret ? "" : ` "${raw}"`;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOf(section, key))}: "${key}" in [${section}] has the value${shown}, which ${problem}`,
		);
	};
	const result = interpolate(
		raw,
		section,
		(otherSection, otherKey) => {
			const own = file.sections.get(otherSection)?.get(otherKey);
			if (own !== undefined) return own;
			const other = known.get(otherSection)?.find((candidate) => candidate.key === otherKey);
			return other && defaultText(other);
		},
		[`${section}:${key}`],
	);
	if ("problem" in result) return refuse(result.problem);
	const value = readValue(field, result.text);
	return value === undefined ? refuse(`is not ${accepts(field)}`) : value;
}

function expandUserdir(config: Config, home: string): Config {
	const written = config.core.userdir;
	const expanded =
		written === "~" || written.startsWith("~/") ? join(home, written.slice(1)) : written;
	const userdir = isAbsolute(expanded) ? expanded : resolve(expanded);
	return { ...config, core: { ...config.core, userdir } };
}
