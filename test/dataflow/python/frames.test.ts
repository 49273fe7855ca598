import { describe, expect, test } from "bun:test";
import { encodeFrame, FrameReader } from "../../../src/dataflow/python/frames.ts";

const MOST = 1000;

function framesOf(chunks: readonly Buffer[]): [string, string][] {
	const frames: [string, string][] = [];
	const reader = new FrameReader((word, text) => frames.push([word, text]), MOST);
	for (const chunk of chunks) reader.read(chunk);
	return frames;
}

describe("frames between host and engine", () => {
	const sent: [string, string][] = [
		["run", '[1,"x"]'],
		["ready", ""],
		["done", "line\nand 1000\nGrüße 🎈"],
	];
	const stream = Buffer.concat(sent.map(([word, text]) => encodeFrame(word, text)));

	test("arrive whole when they come in one piece", () => {
		expect(framesOf([stream])).toEqual(sent);
	});

	test("arrive whole wherever the stream is cut", () => {
		for (let cut = 0; cut <= stream.length; cut++) {
			expect(framesOf([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(sent);
		}
	});

	test("arrive whole byte by byte, from a buffer that is used again", () => {
		const frames: [string, string][] = [];
		const reader = new FrameReader((word, text) => frames.push([word, text]), MOST);
		const reused = Buffer.alloc(1);
		for (const byte of stream) {
			reused[0] = byte;
			reader.read(reused);
		}
		expect(frames).toEqual(sent);
	});

	test.each([
		["no number", "run x\n"],
		["a negative size", "run -1\n"],
		["more than a frame may hold", "run 1001\n"],
		["no line at all", "x".repeat(100)],
		["a long word", `${"x".repeat(100)} 5\nhello`],
	])("refuse %s", (_name, text) => {
		expect(() => framesOf([Buffer.from(text)])).toThrow(
			/it sent (a frame of|bytes that are not a frame)/,
		);
	});
});
