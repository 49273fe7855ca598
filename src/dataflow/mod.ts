export { DataPath, type DataPathOptions } from "./data-path.ts";
export { loadWorkbench } from "./load-workbench.ts";
export { type Importable, importable } from "./python/importable.ts";
export { findPython3 } from "./python/python3.ts";
export type { GraphStats, LatencyStats } from "./stats.ts";
export type { Finding } from "./workbench/bench-answers.ts";
export type { Unavailable } from "./workbench/bench-host.ts";
export type { Completions } from "./workbench/completions.ts";
export type { Draft, DraftError, DraftReport, Tried } from "./workbench/draft.ts";
export type {
	Workbench,
	WorkbenchOptions,
	WorkbenchSetting,
	WorkbenchStats,
} from "./workbench/workbench.ts";
