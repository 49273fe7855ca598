/** Of the server and what the machine does besides. */
const SERVER_BYTES = 512 << 20;
/** What an engine takes at least, by its default limits. */
const LEAST_ENGINE_BYTES = 256 << 20;
const MOST_BY_ITSELF = 4;

/** `[esm] engines`: a number, or as many as the machine is good for. */
export type EnginesSetting = "auto" | `${number}`;

export interface EngineRoom {
	/** Processors whose time may be used; maybe a fraction. */
	readonly processors: number;
	/** Undefined: not known, and taken for enough. */
	readonly memoryBytes: number | undefined;
}

export interface EngineNeeds {
	/** What an engine's memory may grow to. */
	readonly engineBytes: number;
	/** Whether there is a workbench, which is an engine too. */
	readonly hasWorkbench: boolean;
}

/**
 * How many engines there may be. By itself one for each processor but the server's, four at most, and no more than
 * there is memory for.
 */
export function engineCount(
	setting: EnginesSetting,
	{ processors, memoryBytes }: EngineRoom,
	needs: EngineNeeds,
): number {
	if (setting !== "auto") return Number(setting);
	const byProcessors = processors <= 2 ? 1 : Math.floor(processors - 1);
	const left = (memoryBytes ?? Number.POSITIVE_INFINITY) - memoryFor(0, needs);
	const byMemory = Math.floor(left / bytesOf(needs));
	return Math.max(1, Math.min(byProcessors, MOST_BY_ITSELF, byMemory));
}

/** Memory for a server with so many engines, in bytes; {@link engineCount} finds that many in it again. */
export function memoryFor(engines: number, needs: EngineNeeds): number {
	return SERVER_BYTES + (engines + (needs.hasWorkbench ? 1 : 0)) * bytesOf(needs);
}

function bytesOf({ engineBytes }: EngineNeeds): number {
	return Math.max(LEAST_ENGINE_BYTES, engineBytes);
}
