import { expect, test } from "bun:test";
import { packSnapshot, unpackSnapshot } from "../../../src/dataflow/python/snapshot.ts";

const PAGE = 1 << 16;
const HEADER_BYTES = 48;

/** As pyodide makes it: a header with its length in the second word, and the memory. */
function madeOf(memory: Uint8Array): Uint8Array {
	const header = new Uint8Array(HEADER_BYTES).fill(7);
	new DataView(header.buffer).setUint32(4, HEADER_BYTES, true);
	return Buffer.concat([header, memory]);
}

/** Four pages, of which the first and the last but one have something in them, at their ends. */
function memoryOfFour(): Uint8Array {
	const memory = new Uint8Array(4 * PAGE);
	memory[0] = 1;
	memory[3 * PAGE - 1] = 2;
	return memory;
}

test("a snapshot that was packed puts memory as it was, whatever has been written there", () => {
	const memory = memoryOfFour();
	const { restore } = unpackSnapshot(packSnapshot(madeOf(memory)));
	for (const before of [0, 9]) {
		const found = new Uint8Array(memory.length).fill(before);
		restore(found);
		expect(Buffer.compare(found, memory)).toBe(0);
	}
});

test("memory beyond the snapshot's stays as it is", () => {
	const { restore } = unpackSnapshot(packSnapshot(madeOf(memoryOfFour())));
	const found = new Uint8Array(5 * PAGE).fill(9);
	restore(found);
	expect(found.subarray(4 * PAGE).every((byte) => byte === 9)).toBe(true);
});

test("pyodide's header is kept by itself", () => {
	const made = madeOf(memoryOfFour());
	const { header } = unpackSnapshot(packSnapshot(made));
	expect(Buffer.compare(header, made.subarray(0, HEADER_BYTES))).toBe(0);
	// pyodide reads it in words.
	expect(header.byteOffset % 4).toBe(0);
	expect(header.buffer.byteLength).toBe(HEADER_BYTES);
});

test("empty pages are left out", () => {
	expect(packSnapshot(madeOf(memoryOfFour())).length).toBeLessThan(3 * PAGE);
});
