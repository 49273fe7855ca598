import { beforeEach, describe, expect, test } from "bun:test";
import { PUBACK, PUBCOMP, PUBREC } from "../../src/mqtt/client-frames.ts";
import { OutgoingData } from "../../src/mqtt/outgoing-data.ts";
import type { Qos } from "../../src/mqtt/port.ts";

let sent: string[];
let broken: string[];
let written: number;
let outgoing: OutgoingData;
const outlet: { maxQos: Qos; unsentBytes: number; send: (frame: Uint8Array) => void } = {
	maxQos: 2,
	unsentBytes: 0,
	send: (frame) => sent.push(shown(Buffer.from(frame))),
};
beforeEach(() => {
	sent = [];
	broken = [];
	written = 0;
	outlet.maxQos = 2;
	outlet.unsentBytes = 0;
	outgoing = new OutgoingData({
		limits: { maxUnsent: 30 },
		onWritten: () => {
			written += 1;
		},
		onBroken: (what) => broken.push(what),
	});
});

/** `payload qos id`, with a star where it was sent before, or `rel id`. */
function shown(frame: Buffer): string {
	const first = frame[0] ?? 0;
	if (first === 0x62) return `rel ${frame.readUInt16BE(2)}`;
	const topicEnd = 4 + frame.readUInt16BE(2);
	const qos = (first >> 1) & 3;
	const text = frame.toString("utf8", topicEnd + (qos > 0 ? 2 : 0));
	return `${text} ${qos}${qos > 0 ? ` ${frame.readUInt16BE(topicEnd)}` : ""}${first & 8 ? "*" : ""}`;
}

const add = (...payloads: [string, Qos][]) =>
	payloads.map(([payload, qos]) => outgoing.add("t", payload, qos));
const numbered = (count: number, qos: Qos) =>
	Array.from({ length: count }, (_, n): [string, Qos] => [String(n), qos]);

describe("results on their way to a broker", () => {
	test("of QoS 0 go out at once and cost no promise; without a connection they are refused", async () => {
		await expect(outgoing.add("t", "x", 0) ?? Promise.resolve()).rejects.toThrow("cannot reach");
		outgoing.opened(outlet, false);
		expect(add(["a", 0])).toEqual([undefined]);
		expect([sent, outgoing.added, outgoing.written]).toEqual([["a 0"], 1, 1]);
	});

	test("of QoS 2: so many are in flight, in order; the next goes out when one was received", async () => {
		outgoing.opened(outlet, false);
		const taken = add(...numbered(22, 2));
		void add(["behind", 0]);
		expect([sent.length, sent[0], sent[19]]).toEqual([20, "0 2 1", "19 2 20"]);
		expect([outgoing.added, outgoing.written, outgoing.waiting]).toEqual([23, 20, 3]);
		outgoing.confirmed(PUBREC, 1);
		await taken[0];
		expect(sent.slice(20)).toEqual(["rel 1", "20 2 21"]);
		outgoing.confirmed(PUBREC, 2);
		expect(sent.slice(22)).toEqual(["rel 2", "21 2 22", "behind 0"]);
		expect([outgoing.waiting, written, broken]).toEqual([0, 2, []]);
		outgoing.confirmed(PUBCOMP, 1);
		outgoing.confirmed(PUBCOMP, 2);
		expect(broken).toEqual([]);
	});

	test("of QoS 1 have packet ids of their own", async () => {
		outgoing.opened(outlet, false);
		const [taken] = add(["a", 1], ["b", 1]);
		expect(sent).toEqual(["a 1 61", "b 1 62"]);
		outgoing.confirmed(PUBACK, 61);
		await taken;
	});

	test("wait within a limit while there is no connection", async () => {
		void add(...numbered(30, 1));
		const [refused] = add(["too many", 1]);
		await expect(refused ?? Promise.resolve()).rejects.toThrow("30 messages are already waiting");
		outgoing.opened(outlet, false);
		expect(sent).toHaveLength(30);
	});

	test("of QoS 1 go out by the thousand while confirmations are behind what is being read", async () => {
		outgoing.opened(outlet, false);
		void add(...numbered(60_000, 1));
		expect([sent.length, outgoing.waiting]).toEqual([60_000, 0]);
		void add(...numbered(100, 1));
		expect([sent.length, outgoing.waiting]).toEqual([60_000, 100]);
		outgoing.confirmed(PUBACK, 61);
		expect([sent.length, outgoing.waiting, broken]).toEqual([60_001, 99, []]);
	});

	test("that are large wait, within a limit of bytes", async () => {
		outgoing.opened(outlet, false);
		const large = "x".repeat(8 << 20);
		for (let n = 0; n < 11; n++) void add([large, 1]);
		expect([sent.length, outgoing.waiting]).toEqual([2, 9]);
		const [refused] = add(["too many", 1]);
		await expect(refused ?? Promise.resolve()).rejects.toThrow("9 messages are already waiting");
		outgoing.confirmed(PUBACK, 61);
		expect([sent.length, outgoing.waiting]).toEqual([3, 8]);
		expect(add(["again", 1])[0]).toBeDefined();
	});

	test("that were not confirmed are repeated in the session, with their packet ids", () => {
		outgoing.opened(outlet, false);
		void add(["a", 1], ["b", 2], ["c", 2]);
		outgoing.confirmed(PUBREC, 1);
		outgoing.closed();
		sent = [];
		void add(["d", 1]);
		outgoing.opened(outlet, true);
		expect(sent).toEqual(["a 1 61*", "rel 1", "c 2 2*", "d 1 62"]);
	});

	test("that were not confirmed are sent again where the session is lost", () => {
		outgoing.opened(outlet, false);
		void add(["a", 1], ["b", 2]);
		outgoing.confirmed(PUBREC, 1);
		outgoing.closed();
		sent = [];
		outgoing.opened(outlet, false);
		expect(sent).toEqual(["a 1 61", "b 2 1"]);
		outgoing.confirmed(PUBREC, 1);
		outgoing.confirmed(PUBCOMP, 1);
		expect(broken).toEqual([]);
	});

	test("of a process before this one are released, since they were counted on", () => {
		outgoing.opened(outlet, true);
		void add(["a", 2]);
		expect([sent.length, sent[0], sent[59], sent[60]]).toEqual([61, "rel 1", "rel 60", "a 2 1"]);
		outgoing.confirmed(PUBCOMP, 1);
		outgoing.confirmed(PUBCOMP, 2);
		expect(sent).toHaveLength(61);
		outgoing.confirmed(PUBREC, 1);
		outgoing.confirmed(PUBCOMP, 1);
		expect(broken).toEqual([]);
	});

	test("of a process before this one are none where the broker has no QoS 2: RabbitMQ does not survive a PUBREL", () => {
		outlet.maxQos = 1;
		expect(outgoing.isFresh).toBe(true);
		outgoing.opened(outlet, true);
		void add(["a", 2]);
		expect([sent, outgoing.isFresh]).toEqual([["a 1 61"], false]);
		outgoing.closed();
		outgoing.opened(outlet, true);
		expect(sent).toEqual(["a 1 61", "a 1 61*"]);
	});

	test("of a process before this one are released again where the connection was lost meanwhile", () => {
		outgoing.opened(outlet, true);
		outgoing.confirmed(PUBCOMP, 1);
		outgoing.closed();
		sent = [];
		outgoing.opened(outlet, true);
		void add(["a", 2], ["b", 2]);
		expect([sent.length, sent[0], sent[58], ...sent.slice(59)]).toEqual([
			...[61, "rel 2", "rel 60"],
			...["a 2 1", "b 2 2"],
		]);
		outgoing.closed();
		sent = [];
		outgoing.opened(outlet, false);
		expect(sent).toEqual(["a 2 1", "b 2 2"]);
	});

	test("wait while the connection does not take them; at QoS 0 they are refused", async () => {
		outgoing.opened(outlet, false);
		outlet.unsentBytes = 100 << 20;
		void add(["a", 1], ["b", 1]);
		expect([sent, outgoing.waiting]).toEqual([["a 1 61"], 1]);
		await expect(outgoing.add("t", "c", 0) ?? Promise.resolve()).rejects.toThrow(
			"bytes are waiting",
		);
		outlet.unsentBytes = 0;
		outgoing.confirmed(PUBACK, 61);
		expect([sent.at(-1), outgoing.waiting]).toEqual(["b 1 62", 0]);
	});

	test("take the QoS the broker supports", () => {
		outlet.maxQos = 1;
		outgoing.opened(outlet, false);
		void add(["a", 2]);
		outlet.maxQos = 0;
		expect(add(["b", 2])).toEqual([undefined]);
		expect(sent).toEqual(["a 1 61", "b 0"]);
	});

	test("a broker that confirms what does not wait for it is named", () => {
		outgoing.opened(outlet, false);
		void add(["a", 1]);
		outgoing.confirmed(PUBACK, 7);
		outgoing.confirmed(PUBREC, 61);
		outgoing.confirmed(PUBACK, 61);
		expect(broken).toEqual([
			"it sends PUBACK for packet id 7, which does not wait for one",
			"it sends PUBREC for packet id 61, which does not wait for one",
		]);
	});

	test("that are given up say why", async () => {
		const taken = add(["a", 1]);
		outgoing.rejectAll(new Error("the server stops"));
		await expect(taken[0] ?? Promise.resolve()).rejects.toThrow("the server stops");
		expect(outgoing.waiting).toBe(0);
	});
});
