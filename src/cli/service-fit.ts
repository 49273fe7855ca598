import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { IniFormat } from "../config/mod.ts";
import type { Config } from "../settings/mod.ts";
import { isPostgres } from "../store/mod.ts";
import { quoted } from "./advice.ts";

/** What the unit hides from the service: ProtectHome and PrivateTmp. */
const HIDDEN = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"];

/**
 * Why a service cannot run with an ini, and what to type; undefined when it can. Its user exists only while it runs
 * (DynamicUser): it reads what every user may read, sees no home directory, and writes only to its state directory.
 * @param ini Absolute path of an existing file.
 * @param target Where an ini of a service belongs.
 * @param state Absolute path of the state directory.
 * @param format The sections it may have.
 * @throws ConfigError when the ini itself is invalid.
 */
export function whyNoService(
	ini: string,
	target: string,
	state: string,
	format: IniFormat<Config>,
): string | undefined {
	const place = realpathSync(ini);
	const hidden = hiddenPart(place) ?? hiddenPart(ini);
	if (hidden !== undefined) {
		return `a service cannot access ${hidden}, where "${ini}" is; copy it and install again: sudo install -D -m 644 ${quoted(ini)} ${target} && sudo iotctl service install`;
	}
	const unreadable = notForEveryone(place);
	if (unreadable !== undefined) {
		return `a service runs as its own user, which cannot read "${unreadable}"; allow it with: sudo chmod o+rX ${quoted(unreadable)} (keep passwords in a password-file)`;
	}
	return whyNotWith(format.load(ini), ini, state);
}

function whyNotWith(config: Config, ini: string, state: string): string | undefined {
	const { userdir } = config.core;
	if (userdir !== state && !userdir.startsWith(`${state}/`)) {
		return `a service can write only to ${state}, but userdir in [core] is "${userdir}"; set userdir = ${state} in "${ini}", and copy the database there to keep it`;
	}
	for (const [name, path] of filesIn(config)) {
		const hidden = hiddenPart(path);
		if (hidden !== undefined) {
			return `a service cannot access ${hidden}, where ${name} in "${ini}" is; move the file below ${state} or /etc`;
		}
		// What is in the state directory becomes the service's own.
		const isOwn = path.startsWith(`${state}/`);
		if (!isOwn && existsSync(path) && notForEveryone(path) !== undefined) {
			return `a service runs as its own user, which cannot read ${name} in "${ini}"; move the file below ${state}`;
		}
	}
	return undefined;
}

/** Files the ini names, by key. */
function filesIn({ core, tls, "core-mqtt": mqtt, "core-db": db }: Config): [string, string][] {
	const named: [string, string][] = [
		["cert in [tls]", tls.cert],
		["key in [tls]", tls.key],
		["ca in [core-mqtt]", mqtt.ca],
		["password-file in [core-mqtt]", mqtt["password-file"]],
		["auth-key-file in [core-mqtt]", mqtt["auth-key-file"]],
		["url in [core-db]", db.url === ":memory:" || isPostgres(db.url) ? "" : db.url],
		["password-file in [core-db]", db["password-file"]],
	];
	return named
		.filter(([, path]) => path !== "")
		.map(([name, path]) => [name, resolve(core.userdir, path)]);
}

function hiddenPart(path: string): string | undefined {
	return HIDDEN.find((place) => path === place || path.startsWith(`${place}/`));
}

/** The file or the directory on the way to it that users without rights of their own cannot use. */
function notForEveryone(path: string): string | undefined {
	if ((statSync(path).mode & 0o004) === 0) return path;
	for (let place = dirname(path); place !== "/"; place = dirname(place)) {
		if ((statSync(place).mode & 0o001) === 0) return place;
	}
	return undefined;
}
