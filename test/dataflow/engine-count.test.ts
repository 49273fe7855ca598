import { describe, expect, test } from "bun:test";
import { type EnginesSetting, engineCount, memoryFor } from "../../src/dataflow/engine-count.ts";

const MIB = 1 << 20;
const needs = (hasWorkbench = false, engineMiB = 256) => ({
	engineBytes: engineMiB * MIB,
	hasWorkbench,
});
const auto = (processors: number, memoryMiB: number | undefined, of = needs()) =>
	engineCount(
		"auto",
		{ processors, memoryBytes: memoryMiB === undefined ? undefined : memoryMiB * MIB },
		of,
	);

describe("number of engines", () => {
	test("by itself it is one for each processor but the server's, four at most", () => {
		const found = [0.5, 1, 2, 2.5, 3, 4, 5, 8, 64].map((processors) => auto(processors, 64_000));
		expect(found).toEqual([1, 1, 1, 1, 2, 3, 4, 4, 4]);
	});

	test("no more than there is memory for, but one always", () => {
		expect([256, 1024, 1279, 1280, 1536, 4096].map((memory) => auto(8, memory))).toEqual([
			1, 2, 2, 3, 4, 4,
		]);
		expect([1024, 1280, 1792].map((memory) => auto(8, memory, needs(true)))).toEqual([1, 2, 4]);
		expect(auto(8, 2048, needs(false, 512))).toBe(3);
		expect(auto(8, 2048, needs(false, 64))).toBe(4);
		expect(auto(8, undefined)).toBe(4);
	});

	test("a number is taken as it is", () => {
		const room = { processors: 1, memoryBytes: 256 * MIB };
		expect(
			(["1", "3", "16"] as EnginesSetting[]).map((n) => engineCount(n, room, needs())),
		).toEqual([1, 3, 16]);
	});

	test("memory for so many is what they are found in again", () => {
		for (const of of [needs(), needs(true), needs(true, 1024)]) {
			for (const engines of [1, 2, 3, 4]) {
				expect(auto(64, memoryFor(engines, of) / MIB, of)).toBe(engines);
			}
		}
		expect(memoryFor(1, needs(true))).toBe(1024 * MIB);
	});
});
