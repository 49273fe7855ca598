import { existsSync } from "node:fs";
import { findRunning, isSameFile, userdirOfServerWith } from "../daemon/mod.ts";
import { ConfigError, visible } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { advise } from "./advice.ts";
import { databaseFiles, isInPostgres } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { complain, print } from "./output.ts";
import { NotRunning } from "./running.ts";

/** The configuration the command line asks for: the ini or the defaults, louder with `-d`. */
export function readConfig({ modules: { ini }, config: path, debug }: GlobalOptions): Config {
	const config = path === undefined ? ini.defaults() : ini.load(path);
	return debug ? { ...config, log: { ...config.log, level: "debug" } } : config;
}

/**
 * The same for the data of a server of the user directory: CCM alone has a database of its own. It is meant when it is
 * asked for, when that server runs, and when none runs and there is no other database.
 * @param alone Whether it is asked for.
 */
export function readDataConfig(options: GlobalOptions, alone = false): Config {
	const config = readConfig(options);
	const own = ownConfig(options, config);
	if (alone) return own;
	const servers = findRunning(config.core.userdir)?.info?.servers;
	if (servers !== undefined) return options.modules.configure(servers, config);
	return !hasDatabase(config) && hasDatabase(own) ? own : config;
}

/** Whether data are those of a server with a database of its own, which some commands then have to be told. */
export function isOfOne(options: GlobalOptions, { "core-db": { url } }: Config): boolean {
	return url !== readConfig(options)["core-db"].url;
}

/** The configuration of a module alone that keeps its data elsewhere then. */
function ownConfig({ modules }: GlobalOptions, config: Config): Config {
	const { url } = config["core-db"];
	const all = modules.names.map((name) => modules.configure([name], config));
	return all.find((own) => own["core-db"].url !== url) ?? config;
}

function hasDatabase(config: Config): boolean {
	// Looking for it there would take its time, and where it is meant it is there.
	if (isInPostgres(config)) return true;
	const [path] = databaseFiles(config);
	return path !== undefined && existsSync(path);
}

/**
 * The user directory of the running server: the one the ini names, or that of a server which was started with the
 * ini when it named another one. A typing mistake made since is only warned of.
 * @throws ConfigError when the ini cannot be read; NotRunning when it says nothing usable about the directory, and
 * no server is found that was started with it.
 */
export function readUserdir(options: GlobalOptions): string {
	const { config: ini } = options;
	if (ini === undefined) return readConfig(options).core.userdir;
	const { userdir, mistake } = namedUserdir(options, ini);
	const there = userdir === undefined ? undefined : findRunning(userdir);
	const isThere = there !== undefined && (there.info === undefined || isOf(there.info.ini, ini));
	if (mistake !== undefined) {
		const doubt = "; the user directory may differ from what the ini says now";
		warn(ini, `${mistake.message}${isThere ? "" : doubt}`);
	}
	if (userdir !== undefined && isThere) return userdir;
	const other = userdirOfServerWith(ini);
	if (other !== undefined) {
		warn(ini, `using "${other}", the user directory of the server that was started with this ini`);
		return other;
	}
	if (userdir !== undefined) return userdir;
	const known = "no server of yours was found that was started with this ini";
	throw new NotRunning(
		`not running, as far as can be determined: ${known}; fix the mistake in it`,
		3,
	);
}

interface Named {
	/** Undefined when the ini says nothing that can be relied on. */
	readonly userdir: string | undefined;
	readonly mistake: ConfigError | undefined;
}

function namedUserdir(options: GlobalOptions, ini: string): Named {
	try {
		const { userdir } = readConfig(options).core;
		const [misspelt] = options.modules.ini.misspeltSections(ini);
		if (misspelt === undefined) return { userdir, mistake: undefined };
		return { userdir: options.modules.ini.userdirIn(ini), mistake: new ConfigError(misspelt) };
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		try {
			return { userdir: options.modules.ini.userdirIn(ini), mistake: error };
		} catch {
			// Nothing can be read of it. A server that was started with it may run anyway.
			if (userdirOfServerWith(ini) === undefined) throw error;
			return { userdir: undefined, mistake: error };
		}
	}
}

function isOf(started: string | null, ini: string): boolean {
	return started !== null && isSameFile(started, ini);
}

function warn(ini: string, text: string): void {
	complain(`iotctl: warning: ${visible(advise(text, ini))}`);
}

/** How the ini in use was found, in words. */
export function iniText({ config, origin }: GlobalOptions): string {
	if (config === undefined) return "none (defaults)";
	if (origin === "-c" || origin === undefined) return config;
	const why = {
		IOTCTL_CONFIG: "named by IOTCTL_CONFIG",
		"user directory": "found in the user directory",
		service: "the service's",
	}[origin];
	return `${config} (${why})`;
}

/** Prints a text that names commands, with the ini in use in them. */
export function say(options: GlobalOptions, text: string): void {
	print(advise(text, options.config));
}
