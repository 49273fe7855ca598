import { readFileSync } from "node:fs";
import type { PyodideAPI } from "pyodide";
import path from "../../../build/python/engine.bin" with { type: "file" };
import { EMBEDDED_SOURCE, FILE_NAME, stampOf } from "./engine-source.ts";

const RUN_BYTECODE = `
def run_bytecode(code):
    import marshal
    exec(marshal.loads(code.to_bytes()), globals())
run_bytecode
`;

/**
 * The bytecode of a program, as Python's `marshal` wrote it: to compile the engine's own takes a third of its start.
 * @returns undefined when what was made before is of another source, as after a change of it.
 */
export function bytecodeOf(source: string, file: string = path): Uint8Array | undefined {
	const made = readFileSync(file);
	const stamp = stampOf(source);
	const isOfIt = made.subarray(0, stamp.length).equals(stamp);
	return isOfIt ? new Uint8Array(made.subarray(stamp.length)) : undefined;
}

/** Runs the engine's own program. */
export function runProgram(python: PyodideAPI): void {
	const code = bytecodeOf(EMBEDDED_SOURCE);
	if (code === undefined) python.runPython(EMBEDDED_SOURCE, { filename: FILE_NAME });
	else python.runPython(RUN_BYTECODE)(code);
}
