import { ConfigError } from "../../kit/mod.ts";
import { type EngineCommand, localZoneEnv } from "./engine-process.ts";
import { PYTHON3_SOURCE } from "./engine-source.ts";
import { type EngineLimits, limitsText } from "./protocol.ts";

/**
 * The command of an engine on the machine's own python3: all its packages, a tenth of the memory, but
 * no sandbox except that of a process: for servers whose authors of functions are trusted.
 * @throws ConfigError when the machine has none.
 */
export function machinePython(limits: EngineLimits): EngineCommand {
	const argv = [findPython3(), "-I", "-c", PYTHON3_SOURCE, limitsText(limits)];
	return { argv, env: localZoneEnv() };
}

/** @throws ConfigError when the machine has no python3. */
export function findPython3(): string {
	const path = ["/usr/bin/python3", "/usr/local/bin/python3"].find(
		(file) => Bun.which(file) !== null,
	);
	const python = path ?? Bun.which("python3");
	if (python !== null) return python;
	throw new ConfigError(
		"Cannot find python3, which engine in [esm] asks for; install it or use embedded",
	);
}
