import { readFileSync } from "node:fs";
import path from "../../../build/python/engine.bin" with { type: "file" };
import { stampOf } from "./engine-source.ts";

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
