import { expect, test } from "bun:test";
import { partitionOf } from "../../src/cluster/partition-of.ts";

test("a partition is the first four bytes of the key's SHA-256, modulo their number", () => {
	// printf 'abc' | sha256sum: ba7816bf…
	expect(partitionOf("abc", 2 ** 32)).toBe(0xba7816bf);
	expect(partitionOf("abc", 64)).toBe(0xbf % 64);
	expect(partitionOf("", 2 ** 32)).toBe(0xe3b0c442);
	// Not ASCII: the bytes of UTF-8. printf '溫度' | sha256sum
	expect(partitionOf("溫度", 2 ** 32)).toBe(0x3c946360);
});

test("keys spread over all partitions", () => {
	const counts = new Array<number>(16).fill(0);
	for (let n = 0; n < 4096; n++) {
		const partition = partitionOf(`client/graph ${n}`, 16);
		counts[partition] = (counts[partition] ?? 0) + 1;
	}
	expect(Math.min(...counts)).toBeGreaterThan(200);
	expect(Math.max(...counts)).toBeLessThan(312);
});
