export { DataPath, type DataPathOptions } from "./data-path.ts";
export { type EngineNeeds, type EngineRoom, engineCount, memoryFor } from "./engine-count.ts";
export type { DataPort } from "./graph-channels.ts";
export { loadWorkbench } from "./load-workbench.ts";
export { memoryLimit, processorLimit } from "./machine-limits.ts";
export { type Importable, importable } from "./python/importable.ts";
export { findPython3 } from "./python/python3.ts";
export type { EngineStats, GraphStats, LatencyStats, NumberedEngineStats } from "./stats.ts";
export type { Finding } from "./workbench/bench-answers.ts";
export type { Unavailable } from "./workbench/bench-host.ts";
export type { Completions } from "./workbench/completions.ts";
export type { Draft, DraftError, DraftReport, Tried } from "./workbench/draft.ts";
export type {
	Workbench,
	WorkbenchOptions,
	WorkbenchStats,
} from "./workbench/workbench.ts";
export { hasWorkbench, type WorkbenchSetting } from "./workbench-setting.ts";
