import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytecodeOf } from "../../../src/dataflow/python/engine-code.ts";
import { EMBEDDED_SOURCE, stampOf } from "../../../src/dataflow/python/engine-source.ts";

test("the bytecode is of this very source: engines start with it", () => {
	expect(bytecodeOf(EMBEDDED_SOURCE)?.length).toBeGreaterThan(10_000);
});

test("bytecode of another source is left alone", () => {
	expect(bytecodeOf(`${EMBEDDED_SOURCE}\n`)).toBeUndefined();
});

test("what is in front of it says which source it is of", () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-bytecode-"));
	const file = join(folder, "engine.bin");
	writeFileSync(file, Buffer.concat([stampOf("x = 1"), Buffer.from([1, 2, 3])]));
	expect(bytecodeOf("x = 1", file)).toEqual(new Uint8Array([1, 2, 3]));
	expect(bytecodeOf("x = 2", file)).toBeUndefined();
	rmSync(folder, { recursive: true });
});
