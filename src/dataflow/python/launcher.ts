import type { Logger } from "../../kit/mod.ts";
import { EngineProcess, embeddedPython } from "./engine-process.ts";
import type { EngineLimits } from "./protocol.ts";
import { machinePython } from "./python3.ts";
import type { Launch } from "./task.ts";

export interface EngineOptions extends EngineLimits {
	/** `embedded`: the Python inside this program; `python3`: the machine's own. */
	readonly engine: "embedded" | "python3";
}

/** Starts engines of a kind. */
export function launcher(options: EngineOptions, log: Logger): Launch {
	const commandFor = options.engine === "python3" ? machinePython : embeddedPython;
	return (events) => new EngineProcess(commandFor(options), events, log);
}
