/** `[gui] workbench`: `auto` is on unless there is less than {@link LEAST_MEMORY_BYTES}. */
export type WorkbenchSetting = "auto" | "on" | "off";

/** Below this much memory, of the machine or of the control group, `auto` means off. */
const LEAST_MEMORY_BYTES = 1e9;

/** Whether there is a workbench. @param memoryBytes Undefined: not known. */
export function hasWorkbench(setting: WorkbenchSetting, memoryBytes: number | undefined): boolean {
	const fits = memoryBytes === undefined || memoryBytes >= LEAST_MEMORY_BYTES;
	return setting === "on" || (setting === "auto" && fits);
}
