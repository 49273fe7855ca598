import { beforeEach, describe, expect, test } from "bun:test";
import { Acknowledgements, PATIENCE_MS, type Receipt } from "../../src/mqtt/acknowledgements.ts";
import { PUBREC } from "../../src/mqtt/client-frames.ts";
import { ManualClock } from "../support/manual-clock.ts";

let clock: ManualClock;
let results: { added: number; written: number };
let sent: string[];
let early: number;
let broken: string[];
let crowds: boolean[];
let nextId = 0;
let acknowledgements: Acknowledgements;
beforeEach(() => {
	clock = new ManualClock();
	results = { added: 0, written: 0 };
	sent = [];
	early = 0;
	broken = [];
	crowds = [];
	acknowledgements = new Acknowledgements({
		send: (type, id) => sent.push(`${type === PUBREC ? "rec" : "ack"} ${id}`),
		results,
		onEarly: (messages) => {
			early += messages;
		},
		onCrowd: (isCrowded) => crowds.push(isCrowded),
		onBroken: (what) => broken.push(what),
		clock,
	});
	acknowledgements.opened(false);
});

describe("acknowledgements", () => {
	test("go out in the order of arrival, whatever is done first", () => {
		const receipts = [1, 2, 3].map((id) => acknowledgements.arrived(id, id === 2 ? 2 : 1, false));
		receipts[2]?.done();
		receipts[1]?.done();
		expect(sent).toEqual([]);
		receipts[0]?.done();
		receipts[0]?.done();
		expect(sent).toEqual(["ack 1", "rec 2", "ack 3"]);
		expect(clock.planned).toBe(1);
		clock.move(PATIENCE_MS);
		expect([sent.length, early]).toEqual([3, 0]);
	});

	test("wait until results that were handed over before have gone out", () => {
		const receipt = acknowledgements.arrived(1, 1, false);
		results.added = 2;
		results.written = 1;
		receipt?.done();
		results.added = 3;
		expect(sent).toEqual([]);
		results.written = 2;
		acknowledgements.flush();
		expect(sent).toEqual(["ack 1"]);
	});

	test("do not wait longer than 100 ms for one that is not done, which is counted", () => {
		const first = acknowledgements.arrived(1, 1, false);
		clock.move(60);
		const second = acknowledgements.arrived(2, 1, false);
		second?.done();
		acknowledgements.arrived(3, 1, false);
		clock.move(39);
		expect([sent, early]).toEqual([[], 0]);
		clock.move(1);
		expect([sent, early]).toEqual([["ack 1", "ack 2"], 1]);
		first?.done();
		clock.move(60);
		expect([sent, early]).toEqual([["ack 1", "ack 2", "ack 3"], 2]);
	});

	test("while nobody can work, nothing is acknowledged early; afterwards all get their whole time", () => {
		acknowledgements.arrived(1, 1, false);
		clock.move(50);
		acknowledgements.hold(true);
		clock.move(5000);
		acknowledgements.hold(false);
		clock.move(99);
		expect(early).toBe(0);
		clock.move(1);
		expect([sent, early]).toEqual([["ack 1"], 1]);
	});

	test("what comes again over the next connection is not worked on again, and acknowledged in its new order", () => {
		const one = acknowledgements.arrived(1, 1, false);
		const two = acknowledgements.arrived(2, 2, false);
		acknowledgements.closed();
		one?.done();
		expect(sent).toEqual([]);
		acknowledgements.opened(true);
		expect(acknowledgements.arrived(2, 2, true)).toBeUndefined();
		expect(acknowledgements.arrived(1, 1, true)).toBeUndefined();
		expect(sent).toEqual([]);
		two?.done();
		expect(sent).toEqual(["rec 2", "ack 1"]);
		expect(broken).toEqual([]);
	});

	test("of QoS 2: repeated before it is released it is confirmed again, afterwards the packet id is another message's", () => {
		acknowledgements.arrived(7, 2, false)?.done();
		acknowledgements.closed();
		acknowledgements.opened(true);
		expect(acknowledgements.arrived(7, 2, true)).toBeUndefined();
		expect(sent).toEqual(["rec 7", "rec 7"]);
		acknowledgements.released(7);
		acknowledgements.released(8);
		expect(acknowledgements.arrived(7, 2, false)).toBeDefined();
		expect(broken).toEqual([]);
	});

	test("without its session everything is new", () => {
		acknowledgements.arrived(1, 1, false);
		acknowledgements.closed();
		acknowledgements.opened(false);
		expect(acknowledgements.arrived(1, 1, true)).toBeDefined();
	});

	/** So many come; gives after how many of them no more are to be read. */
	function come(): [crowd: number, receipts: (Receipt | undefined)[]] {
		crowds = [];
		const receipts: (Receipt | undefined)[] = [];
		while (crowds.length === 0) {
			nextId += 1;
			receipts.push(acknowledgements.arrived(nextId, 1, false));
		}
		expect(crowds).toEqual([true]);
		return [receipts.length, receipts];
	}

	test("no more are to be read when many wait: the more the faster they are done", () => {
		const found: number[] = [];
		for (let times = 0; times < 5; times++) {
			const [crowd, receipts] = come();
			found.push(crowd);
			for (const receipt of receipts) receipt?.done();
			expect(crowds).toEqual([true, false]);
		}
		expect(found).toEqual([100, 200, 400, 500, 500]);
		const [crowd, receipts] = come();
		clock.move(PATIENCE_MS);
		expect([crowd, early, crowds]).toEqual([500, 500, [true, false]]);
		for (const receipt of receipts) receipt?.done();
		expect(come()[0]).toBe(250);
	});

	test("a broker that uses a packet id for two messages at a time is named, both are worked on", () => {
		const first = acknowledgements.arrived(1, 1, false);
		const second = acknowledgements.arrived(1, 1, false);
		expect(broken).toEqual(["it uses packet id 1 for two messages at a time"]);
		second?.done();
		first?.done();
		expect(sent).toEqual(["ack 1", "ack 1"]);
	});
});
