import { type Config, defaultConfig, loadConfig } from "../config/config.ts";
import type { GlobalOptions } from "./options.ts";

/** The configuration the command line asks for: the ini or the defaults, louder with `-d`. */
export function readConfig({ config: path, debug }: GlobalOptions): Config {
	const config = path === undefined ? defaultConfig() : loadConfig(path);
	return debug ? { ...config, log: { ...config.log, level: "debug" } } : config;
}
