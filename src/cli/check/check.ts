import { join, resolve } from "node:path";
import { findRunning } from "../../daemon/mod.ts";
import {
	ConfigError,
	codeOf,
	looseEntries,
	messageOf,
	readableByAll,
	visible,
} from "../../kit/mod.ts";
import { addressText } from "../../mqtt/mod.ts";
import {
	certificateFiles,
	mayBeAsked,
	oldPagesCautions,
	pagesCautions,
	v1Caution,
} from "../../servers/mod.ts";
import { authIsOn, type Config, cautions, encryptionOf, schemesOf } from "../../settings/mod.ts";
import { Certificate } from "../../tls/mod.ts";
import { localPath } from "../database.ts";
import { externalBrokersOf } from "../mqtt-address.ts";
import type { GlobalOptions } from "../options.ts";
import { iniText, readConfig, say } from "../read-config.ts";
import { serviceMemory } from "../service-memory.ts";
import { cluster, schemasOfNode } from "./cluster.ts";
import { engine, importList } from "./engine.ts";
import { adminsIn, database, type Finding, userdir } from "./places.ts";
import { portConflicts, ports, whereabouts } from "./ports.ts";
import { unit } from "./unit.ts";

const BROKER_TIMEOUT_MS = 3000;

/**
 * `iotctl check`: looks at everything a start needs and changes nothing.
 * @param verbose Also lists what functions can import.
 * @throws ConfigError when a start would fail.
 */
export async function check(options: GlobalOptions, verbose: boolean): Promise<void> {
	const config = readConfig(options);
	const further = options.modules.listeners(options.modules.names, config);
	const running = findRunning(config.core.userdir);
	const directory = userdir(config);
	const isRunning = running !== undefined;
	const schemas = [...(await options.modules.schemas()), ...schemasOfNode(config)];
	const place = await database(config, schemas, isRunning);
	const findings: Finding[] = [
		{ what: "ini", state: "ok", text: iniText(options) },
		...doubts(options),
		directory,
		place,
		// A start that fails there tightens nothing.
		...(directory.state === "FAIL" ? [] : modes(config)),
		...(running === undefined
			? await ports(config, further)
			: [
					...portConflicts(config, further),
					{
						what: "ports",
						state: "note",
						text: `process ${running.pid} is running on this directory`,
					} as const,
				]),
		...(await broker(config, mayBeAsked(options.modules.names, config) && !isRunning)),
		...(await cluster(config, {
			servers: options.modules.names,
			...{ running, hasDatabase: place.state !== "FAIL" },
		})),
		...engine(config),
		...unit(options.config, serviceMemory(config, options.modules.names)),
		...certificate(config),
		...[...pagesCautions(config), ...oldPagesCautions(config)].map(
			(text) => ({ what: "pages", state: "note", text }) as const,
		),
		...(await logins(config)),
		...[...cautions(config), v1Caution(config) ?? []]
			.flat()
			.map((text) => ({ what: "access", state: "note", text }) as const),
	];
	for (const { what, state, text } of findings) {
		say(options, `${state.padEnd(4)}  ${what.padEnd(9)} ${visible(text)}\n`);
	}
	if (verbose) say(options, importList(config));
	const failed = findings.filter(({ state }) => state === "FAIL").length;
	if (failed > 0)
		throw new ConfigError(
			`the server would not start: ${failed} of ${findings.length} checks failed`,
		);
	say(
		options,
		running === undefined
			? `\nThe server would listen on ${whereabouts(config, further)}\nNext: iotctl start\n`
			: "\nThe server is already running; see: iotctl status\n",
	);
}

/** What of an ini works, but probably not as meant or not in the next version. */
function doubts({ modules: { ini }, config }: GlobalOptions): Finding[] {
	const found =
		config === undefined
			? []
			: [...ini.misspeltSections(config), ...ini.oldNames(config), ...ini.unusedKeys(config)];
	return found.map((text) => ({ what: "ini", state: "note", text }));
}

/** What other users of the machine can read; a start tightens what it may. */
function modes(config: Config): Finding[] {
	const url = config["core-db"].url;
	const path = url === ":memory:" ? join(config.core.userdir, url) : localPath(config);
	const entries = looseEntries(config.core.userdir, path);
	const key = config.tls.cert === "" ? undefined : certificateFiles(config)?.key;
	if (key !== undefined && entries.every((entry) => entry.path !== key)) {
		entries.push(...readableByAll(key));
	}
	for (const path of passwordFiles(config)) entries.push(...readableByAll(path));
	return entries.map(({ path, mode, left }) => ({
		what: "privacy",
		state: "note",
		text: `${path} is ${mode}: other users of this machine can read it; ${left === undefined ? "the next start restricts it" : `it is not changed: ${left}`}`,
	}));
}

/** Files of passwords and keys that are in use. */
function passwordFiles(config: Config): string[] {
	const { core, "core-db": db, "core-mqtt": mqtt } = config;
	const named = [
		db.type === "postgres" ? db["password-file"] : "",
		mqtt.broker === "external" ? mqtt["password-file"] : "",
		mqtt["auth-key-file"],
	];
	return named.filter((name) => name !== "").map((name) => resolve(core.userdir, name));
}

/**
 * Whether an external broker answers, at each of its addresses; one that does is enough.
 * @param asksInVain Whether it asks this server who may connect, and there is no answer now.
 */
async function broker(config: Config, asksInVain: boolean): Promise<Finding[]> {
	if (config["core-mqtt"].broker === "embedded") return [];
	const { connectAsync } = await import("mqtt");
	const answers = await Promise.all(
		externalBrokersOf(config).map(async (address) => {
			const where = `${schemesOf(config).mqtt}://${addressText(address)}`;
			try {
				const timing = { connectTimeout: BROKER_TIMEOUT_MS, reconnectPeriod: 0 };
				const client = await connectAsync({ ...address, ...timing });
				await client.endAsync(true);
				return { where, problem: undefined, isRefusal: false };
			} catch (error) {
				const problem = messageOf(error) || codeOf(error);
				// A number is the broker's own refusal (`MQTT 3.1.1 §3.2.2.3`).
				const isRefusal = error instanceof Error && "code" in error && Number.isInteger(error.code);
				return { where, problem, isRefusal };
			}
		}),
	);
	const isThere = answers.some(({ problem }) => problem === undefined);
	return answers.map(({ where, problem, isRefusal }): Finding => {
		const what = "broker";
		if (problem === undefined) return { what, state: "ok", text: `${where} answers` };
		const silence = `${where} ${isRefusal ? "refuses the login" : "does not answer"} (${problem})`;
		if (isThere) return { what, state: "note", text: silence };
		if (isRefusal && asksInVain) {
			const text = `${silence}: it may be asking this server, which is not running`;
			return { what, state: "note", text };
		}
		return {
			what,
			state: "FAIL",
			text: `${silence}; the server would start and keep reconnecting`,
		};
	});
}

/** Whether there is an administrator where logins are required. */
async function logins(config: Config): Promise<Finding[]> {
	if (!authIsOn(config) || (await adminsIn(config)) !== 0) return [];
	const text = "required, but there is no administrator; add one with: iotctl user add admin";
	return [{ what: "logins", state: "note", text }];
}

/** Which listeners are encrypted with it, where that is not all of them. */
function whatFor(config: Config): string {
	const port = config.core["https-port"];
	if (port === 0) return "";
	const { http, mqtt, ws } = encryptionOf(config);
	const names = { HTTP: http, MQTT: mqtt, WebSocket: ws };
	const open = Object.entries(names).flatMap(([name, is]) => (is ? [] : [name]));
	return `; for https-port ${port}${open.length === 0 ? "" : ` (not encrypted: ${open.join(", ")})`}`;
}

function certificate(config: Config): Finding[] {
	const what = "TLS";
	try {
		const files = certificateFiles(config);
		if (files === undefined) return [];
		const { names, expiresAt, caution } = new Certificate(files);
		if (caution !== undefined) return [{ what, state: "note", text: caution }];
		return [
			{
				what,
				state: "ok",
				text: `${names}, valid until ${expiresAt.toISOString().slice(0, 10)}${whatFor(config)}`,
			},
		];
	} catch (error) {
		return [{ what, state: "FAIL", text: messageOf(error) }];
	}
}
