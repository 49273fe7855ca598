import { describe, expect, test } from "bun:test";
import { binaryFrame, FrameReader } from "../../src/broker/ws-frames.ts";
import { chance, SEED } from "../support/chance.ts";

/** A frame as a client sends it. */
function clientFrame(
	opcode: number,
	payload: Buffer,
	{ isFinal = true, mask = [1, 2, 3, 250] } = {},
): Buffer {
	const { length } = payload;
	const head = [(isFinal ? 0x80 : 0) | opcode];
	if (length < 126) head.push(0x80 | length);
	else if (length < 65_536) head.push(0xfe, length >> 8, length & 0xff);
	else head.push(0xff, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (length >> shift) & 0xff));
	const masked = Buffer.from(payload.map((byte, n) => byte ^ (mask[n & 3] ?? 0)));
	return Buffer.concat([Buffer.from([...head, ...mask]), masked]);
}

function reader() {
	const data: Buffer[] = [];
	const events: string[] = [];
	const frames = new FrameReader({
		onData: (piece) => data.push(Buffer.from(piece)),
		onPing: (payload) => events.push(`ping ${payload}`),
		onClose: () => events.push("close"),
	});
	return { frames, events, payload: () => Buffer.concat(data) };
}

describe("WebSocket frames", () => {
	test("payloads of any length come through, however the bytes are cut and lie in memory", () => {
		const random = chance(SEED);
		const payloads = [0, 1, 3, 63, 64, 65, 125, 126, 1000, 65_535, 65_536, 100_001].map((length) =>
			Buffer.from(Array.from({ length }, () => Math.floor(random() * 256))),
		);
		const stream = Buffer.concat(
			payloads.map((payload, n) => clientFrame(2, payload, { mask: [n, 7, 255 - n, 129] })),
		);
		for (const step of [1, 2, 13, 4096, stream.length]) {
			const { frames, payload } = reader();
			for (let at = 0; at < stream.length; at += step) {
				const room = Buffer.alloc(step + 8);
				const offset = at % 5;
				const size = stream.copy(room, offset, at, at + step);
				expect(frames.read(room.subarray(offset, offset + size))).toBeUndefined();
			}
			expect([SEED, payload().equals(Buffer.concat(payloads))]).toEqual([SEED, true]);
		}
	});

	test("a message may come in several frames, with pings in between; nothing follows a close", () => {
		const { frames, events, payload } = reader();
		const parts = [
			clientFrame(2, Buffer.from("one "), { isFinal: false }),
			clientFrame(9, Buffer.from("still there?")),
			clientFrame(0, Buffer.from("two "), { isFinal: false }),
			clientFrame(10, Buffer.from("yes")),
			clientFrame(0, Buffer.from("three")),
			clientFrame(8, Buffer.from([3, 232])),
			clientFrame(2, Buffer.from("ignored")),
		];
		expect(frames.read(Buffer.concat(parts))).toBeUndefined();
		expect([payload().toString(), events]).toEqual([
			"one two three",
			["ping still there?", "close"],
		]);
	});

	test.each<[string, Buffer, number]>([
		["text", clientFrame(1, Buffer.from("{}")), 1003],
		["an unmasked frame", binaryFrame(Buffer.from("x")), 1002],
		["reserved bits", Buffer.from([0xc2, 0x80, 0, 0, 0, 0]), 1002],
		["a reserved opcode", clientFrame(3, Buffer.from("x")), 1002],
		["a reserved control opcode", clientFrame(11, Buffer.from("x")), 1002],
		["a continuation of nothing", clientFrame(0, Buffer.from("x")), 1002],
		["a ping in several frames", clientFrame(9, Buffer.from("x"), { isFinal: false }), 1002],
		["a long ping", clientFrame(9, Buffer.alloc(126)), 1002],
		[
			"a length beyond all bounds",
			Buffer.from([0x82, 0xff, 255, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
			1002,
		],
		[
			"a new message inside another",
			Buffer.concat([
				clientFrame(2, Buffer.from("x"), { isFinal: false }),
				clientFrame(2, Buffer.from("y")),
			]),
			1002,
		],
	])("%s is refused", (_, bytes, code) => {
		expect(reader().frames.read(bytes)).toBe(code as 1002);
	});

	test.each([0, 125, 126, 65_535, 65_536])(
		"the server's own frame of %d bytes says so",
		(length) => {
			const frame = binaryFrame(Buffer.alloc(length, 7));
			const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
			expect([frame[0], frame.length]).toEqual([0x82, headerBytes + length]);
			const told =
				headerBytes === 2
					? frame[1]
					: headerBytes === 4
						? frame.readUInt16BE(2)
						: Number(frame.readBigUInt64BE(2));
			expect(told).toBe(length);
		},
	);
});
