import { existsSync, readFileSync } from "node:fs";
import { SERVERS_FILE } from "../daemon/mod.ts";
import { memoryOf } from "../servers/mod.ts";
import type { Config } from "../settings/mod.ts";

/**
 * What a service may take of this machine's memory, in bytes: it follows from its engines, the workbench and its servers.
 * @param modules Names of all server modules.
 * @param file Where the administrator says which of them the service starts.
 */
export function serviceMemory(
	config: Config,
	modules: readonly string[],
	file: string = SERVERS_FILE,
): number {
	const text = existsSync(file) ? readFileSync(file, "utf8") : "";
	const words = /^IOTCTL_SERVERS=["']?([^"'\n]*)/m.exec(text)?.[1]?.split(/\s+/) ?? [];
	const chosen = modules.filter((name) => words.includes(name));
	return memoryOf(config, chosen.length === 0 ? modules : chosen);
}
