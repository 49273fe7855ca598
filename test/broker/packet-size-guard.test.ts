import { describe, expect, test } from "bun:test";
import { PacketSizeGuard } from "../../src/broker/packet-size-guard.ts";

const packet = (length: number) => {
	const header = [0x30];
	let rest = length;
	do {
		header.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
		rest = Math.floor(rest / 128);
	} while (rest > 0);
	return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
};

describe("packet size guard", () => {
	test("packets up to the limit pass, however the bytes are cut", () => {
		const stream = Buffer.concat([0, 1, 127, 128, 1000, 16_384, 0].map(packet));
		for (const step of [1, 2, 3, 7, 1000, stream.length]) {
			const guard = new PacketSizeGuard(16_384);
			for (let at = 0; at < stream.length; at += step) {
				expect(guard.check(stream.subarray(at, at + step))).toBeUndefined();
			}
		}
	});

	test("a packet over the limit is refused at its header", () => {
		const guard = new PacketSizeGuard(1000);
		expect(guard.check(packet(1000))).toBeUndefined();
		expect(guard.check(packet(1001).subarray(0, 3))).toBe(
			"packet of 1001 bytes, over the limit of 1000",
		);
	});

	test("a length of more than four bytes is malformed", () => {
		expect(new PacketSizeGuard(1000).check(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))).toBe(
			"malformed packet length",
		);
	});
});
