import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { ClientStream } from "../../src/broker/client-stream.ts";
import { fastPathParts } from "../support/fast-path.ts";
import { ManualClock } from "../support/manual-clock.ts";

class RecordingWire {
	readonly remoteAddress = "test";
	lingers = false;
	bufferedBytes = 0;
	readonly sent: string[] = [];
	readonly events: string[] = [];
	/** Bytes the next writes take; unlimited at first. */
	room = Number.POSITIVE_INFINITY;
	write(data: Uint8Array): number {
		const taken = Math.min(data.length, this.room);
		this.room -= taken;
		if (taken > 0) this.sent.push(Buffer.from(data.subarray(0, taken)).toString());
		return taken;
	}
	pause(): void {
		this.events.push("pause");
	}
	resume(): void {
		this.events.push("resume");
	}
	end(): void {
		this.events.push("end");
	}
	terminate(): void {
		this.events.push("terminate");
	}
}

const build = (maxQueueBytes = 1000) => {
	const [wire, clock] = [new RecordingWire(), new ManualClock()];
	const options = { maxQueueBytes, maxPacketBytes: 1_000_000 };
	return { wire, clock, stream: new ClientStream(wire, options, clock) };
};
const text = (value: string) => Buffer.from([0, value.length, ...Buffer.from(value)]);
const CONNECT = Buffer.concat([
	Buffer.from([0x10, 13]),
	text("MQTT"),
	Buffer.from([4, 2, 0, 0]),
	text("x"),
]);
/** The client has its CONNACK. */
const connected = (stream: ClientStream) => {
	stream.receive(Buffer.from(CONNECT));
	stream.read();
	openFastPath(stream);
};
const openFastPath = (stream: ClientStream) => {
	const { path, arrival, handshakes } = fastPathParts({ stream });
	stream.openFastPath(path, arrival, handshakes);
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("client stream", () => {
	test("writes of one turn leave in one piece", async () => {
		const { wire, stream } = build();
		for (const text of ["a", "b", "c"]) stream.write(text);
		expect(wire.sent).toEqual([]);
		await nextTurn();
		expect(wire.sent).toEqual(["abc"]);
	});

	test("what the wire cannot take waits for its drain, in order", async () => {
		const { wire, stream } = build();
		wire.room = 2;
		stream.write("abcd");
		await nextTurn();
		stream.write("ef");
		await nextTurn();
		expect(wire.sent).toEqual(["ab"]);
		wire.room = Number.POSITIVE_INFINITY;
		stream.drained();
		await nextTurn();
		expect(wire.sent.join("")).toBe("abcdef");
	});

	test("a client that does not read is dropped at the limit, and writing never waits", async () => {
		const { wire, stream } = build(10);
		wire.room = 0;
		const failed = once(stream, "error");
		stream.write("12345");
		await nextTurn();
		stream.write("678901");
		const [error] = await failed;
		expect(String(error)).toContain("reads too slowly");
		expect(wire.events).toEqual(["terminate"]);
	});

	test("one message may be larger than the limit, whatever little waits before it; not a second one", async () => {
		const { wire, stream } = build(10);
		wire.room = 0;
		stream.write("123");
		await nextTurn();
		stream.write("x".repeat(50));
		await nextTurn();
		stream.write("1234567");
		await nextTurn();
		expect(wire.events).toEqual([]);
		const failed = once(stream, "error");
		stream.write("8");
		expect(String((await failed)[0])).toContain("reads too slowly");
	});

	test("once it has left, the limit is what it was", async () => {
		const { wire, stream } = build(10);
		stream.write("x".repeat(50));
		await nextTurn();
		wire.room = 0;
		const failed = once(stream, "error");
		stream.write("12345");
		stream.write("678901");
		expect(String((await failed)[0])).toContain("reads too slowly");
	});

	test("a wire that would wait for a goodbye is cut where nothing was ever sent", () => {
		const { wire, stream } = build();
		wire.lingers = true;
		stream.destroy();
		expect(wire.events).toEqual(["terminate"]);
	});

	test("what was written before the end still leaves", async () => {
		const { wire, stream } = build();
		stream.write("bye");
		stream.destroy();
		await once(stream, "close");
		expect(wire.sent).toEqual(["bye"]);
		expect(wire.events).toEqual(["end"]);
	});

	test("a reader that is full pauses the wire and resumes it", async () => {
		const { wire, stream } = build(100_000);
		connected(stream);
		wire.events.length = 0;
		const publish = Buffer.from([0x30, 0x83, 0x80, 0x04, 0, 1, 0x61]);
		const packet = Buffer.concat([publish, Buffer.alloc(65_536)]);
		stream.receive(packet);
		expect(wire.events).toEqual(["pause"]);
		let read = 0;
		for (let turn = 0; turn < 200; turn++) {
			read += stream.read()?.length ?? 0;
			await nextTurn();
		}
		expect(read).toBe(packet.length);
		expect(wire.events).toEqual(["pause", "resume"]);
	});

	test("a client that cannot be paused and sends more than may wait is dropped", async () => {
		const { stream } = build();
		connected(stream);
		const failed = once(stream, "error");
		stream.receive(Buffer.from([0x30, 0xff, 0xff, 0x07, 0, 1, 0x61]));
		stream.receive(Buffer.alloc(100_000));
		expect(String((await failed)[0])).toContain("client sends too fast");
	});

	test.each([
		["a message of QoS 0", Buffer.from([0x30, 4, 0, 1, 0x74, 0x78])],
		["a message of QoS 1", Buffer.from([0x32, 6, 0, 1, 0x74, 0, 7, 0x78])],
		["a confirmation", Buffer.from([0x40, 2, 0, 7])],
		["the first half of a packet", Buffer.from([0x30])],
	])("the keep alive is kept by %s alone; silence ends it", async (_, bytes) => {
		const { clock, stream } = build();
		connected(stream);
		stream.keepAlive(10);
		clock.move(14_000);
		stream.receive(bytes);
		clock.move(14_999);
		expect(stream.destroyed).toBe(false);
		const failed = once(stream, "error");
		clock.move(1);
		expect(String((await failed)[0])).toContain("keep alive timeout");
		expect(clock.planned).toBe(0);
	});

	test("a connection that ends before its keep alive is over leaves no timer", () => {
		const { clock, stream } = build();
		connected(stream);
		stream.keepAlive(10);
		stream.destroy();
		expect(clock.planned).toBe(0);
	});

	test("what a listener throws costs this connection and does not reach the caller", async () => {
		for (const event of ["readable", "drain", "end"]) {
			const { wire, stream } = build();
			stream.on("error", () => {});
			stream.on(event, () => {
				throw new Error("a mistake of the library's");
			});
			expect(stream.emit(event)).toBe(true);
			await nextTurn();
			expect([stream.destroyed, wire.events]).toEqual([true, ["end"]]);
		}
	});

	test("received bytes are copied, since the transport may reuse them", () => {
		const { stream } = build();
		const bytes = Buffer.from(CONNECT);
		stream.receive(bytes);
		bytes.fill(0);
		expect(stream.read()).toEqual(CONNECT);
	});

	test("what follows CONNECT waits for CONNACK, whether in the same piece or in further ones", async () => {
		for (const together of [true, false]) {
			const { stream } = build();
			const ping = Buffer.from([0xc0, 0]);
			if (together) stream.receive(Buffer.concat([CONNECT, ping]));
			else {
				stream.receive(Buffer.from(CONNECT));
				stream.receive(Buffer.from(ping));
			}
			stream.receive(Buffer.from(ping));
			await nextTurn();
			expect(stream.read()).toEqual(CONNECT);
			openFastPath(stream);
			const read: Buffer[] = [];
			for (let turn = 0; turn < 5; turn++) {
				await nextTurn();
				const piece = stream.read();
				if (piece !== null) read.push(piece);
			}
			expect(Buffer.concat(read)).toEqual(Buffer.concat([ping, ping]));
		}
	});
});
