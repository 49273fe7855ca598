// A workbench with a real engine, for the tests of this folder.
import { Workbench, type WorkbenchOptions } from "../../../src/dataflow/workbench/workbench.ts";
import type { Kind } from "../../support/kinds.ts";
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

export const ENGINES: readonly Kind<"embedded" | "python3">[] = [
	["embedded", "embedded", true],
	["python3", "python3", hasProgram("/usr/bin/python3", "--version")],
];

export function realWorkbench(changes: Partial<WorkbenchOptions> = {}): Workbench {
	return new Workbench({ ...WORKBENCH_OPTIONS, ...changes }, quietLog);
}
