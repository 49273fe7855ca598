export { DataPath, type DataPathOptions } from "./data-path.ts";
export { type Importable, importable } from "./python/importable.ts";
export { findPython3 } from "./python/python3.ts";
export type { GraphStats, LatencyStats } from "./stats.ts";
export {
	Workbench,
	type WorkbenchOptions,
	type WorkbenchSetting,
	type WorkbenchStats,
} from "./workbench/workbench.ts";
