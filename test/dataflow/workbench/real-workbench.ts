// A workbench with a real engine, for the tests of this folder.
import { Workbench, type WorkbenchOptions } from "../../../src/dataflow/workbench/workbench.ts";
import { quietLog } from "../../support/log.ts";
import { hasProgram } from "../../support/programs.ts";

export const WORKBENCH_OPTIONS: WorkbenchOptions = {
	setting: "on",
	engine: "embedded",
	packagesDir: "",
	maxMemoryBytes: 128 << 20,
	recursionLimit: 1000,
	maxSourceBytes: 64 << 10,
};

export const ENGINES = hasProgram("/usr/bin/python3", "--version")
	? (["embedded", "python3"] as const)
	: (["embedded"] as const);

export function realWorkbench(changes: Partial<WorkbenchOptions> = {}): Workbench {
	return new Workbench({ ...WORKBENCH_OPTIONS, ...changes }, quietLog);
}
