import type { Workbench } from "./workbench/workbench.ts";

/** Loads the workbench, whose code only servers with projects need. */
export async function loadWorkbench(): Promise<typeof Workbench> {
	return (await import("./workbench/workbench.ts")).Workbench;
}
