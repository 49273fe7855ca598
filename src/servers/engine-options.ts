import { GUI } from "../ccm/config.ts";
import { sectionValues } from "../config/mod.ts";
import {
	type EngineNeeds,
	type EngineRoom,
	engineCount,
	hasWorkbench,
	memoryFor,
	memoryLimit,
	processorLimit,
} from "../dataflow/mod.ts";
import type { Config } from "../settings/mod.ts";
import { esmOf } from "./csm-options.ts";

const MEBIBYTE = 1 << 20;
/** What it was for one engine and the workbench; large messages and many devices need some. */
const LEAST_BYTES = 1 << 30;

/** What this process may use of the machine. */
function roomHere(): EngineRoom {
	return { processors: processorLimit(), memoryBytes: memoryLimit() };
}

/** What each engine of a server may need. @param servers Names of its modules. */
function engineNeeds(
	config: Config,
	servers: readonly string[],
	{ memoryBytes }: EngineRoom,
): EngineNeeds {
	return {
		engineBytes: esmOf(config)["engine-memory"] * MEBIBYTE,
		hasWorkbench:
			servers.includes("ccm") && hasWorkbench(sectionValues(config, GUI).workbench, memoryBytes),
	};
}

/** How many engines a server may have. @param servers Names of its modules. */
export function enginesOf(
	config: Config,
	servers: readonly string[],
	room: EngineRoom = roomHere(),
): number {
	return engineCount(esmOf(config).engines, room, engineNeeds(config, servers, room));
}

/** What a server with its engines and its workbench may take, in bytes. @param servers Names of its modules. */
export function memoryOf(
	config: Config,
	servers: readonly string[],
	room: EngineRoom = roomHere(),
): number {
	const needs = engineNeeds(config, servers, room);
	return Math.max(LEAST_BYTES, memoryFor(enginesOf(config, servers, room), needs));
}
