import { type Config, defaultConfig, loadConfig, loadUserdir } from "../config/config.ts";
import { ConfigError } from "../errors.ts";
import { visible } from "../terminal-text.ts";
import { advise } from "./advice.ts";
import type { GlobalOptions } from "./options.ts";
import { complain, print } from "./output.ts";

/** The configuration the command line asks for: the ini or the defaults, louder with `-d`. */
export function readConfig({ config: path, debug }: GlobalOptions): Config {
	const config = path === undefined ? defaultConfig() : loadConfig(path);
	return debug ? { ...config, log: { ...config.log, level: "debug" } } : config;
}

/**
 * The user directory alone, to find a running server by: a typing mistake made since it was started is only
 * warned of.
 * @throws ConfigError when the ini cannot be read, or says nothing usable about the directory.
 */
export function readUserdir(options: GlobalOptions): string {
	try {
		return readConfig(options).core.userdir;
	} catch (error) {
		if (options.config === undefined || !(error instanceof ConfigError)) throw error;
		const userdir = loadUserdir(options.config);
		complain(`iotctl: warning: ${visible(advise(error.message, options.config))}`);
		return userdir;
	}
}

/** How the ini in use was found, in words. */
export function iniText({ config, origin }: GlobalOptions): string {
	if (config === undefined) return "none: all defaults";
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
