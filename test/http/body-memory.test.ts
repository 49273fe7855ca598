import { expect, test } from "bun:test";
import { BodyMemory, SMALL_BODY_BYTES } from "../../src/http/body-memory.ts";

const KIB = 1 << 10;

test("large bodies share what there is, small ones always have room", () => {
	const memory = new BodyMemory(100 * KIB);
	expect([memory.take(60 * KIB), memory.take(60 * KIB), memory.take(40 * KIB)]).toEqual([
		true,
		false,
		true,
	]);
	expect([memory.take(17 * KIB), memory.take(SMALL_BODY_BYTES)]).toEqual([false, true]);
	memory.give(SMALL_BODY_BYTES);
	expect(memory.take(17 * KIB)).toBe(false);
	memory.give(40 * KIB);
	expect(memory.take(17 * KIB)).toBe(true);
});
