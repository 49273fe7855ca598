import { beforeEach, describe, expect, test } from "bun:test";
import { Acknowledgements, PATIENCE_MS } from "../../src/mqtt/acknowledgements.ts";
import { PUBREC } from "../../src/mqtt/client-frames.ts";
import { noLag, type Receipt } from "../../src/mqtt/receipt.ts";
import { ManualClock } from "../support/manual-clock.ts";

let clock: ManualClock;
let results: { added: number; written: number };
let sent: string[];
let early: number;
let broken: string[];
let crowds: boolean[];
let nextId = 0;
let acknowledgements: Acknowledgements;
/** Of the only topic, unless a test says. */
let topic = noLag();
const arrived = (id: number, qos: 1 | 2, dup: boolean, lag = topic, text = id) =>
	acknowledgements.arrived({ id, qos, dup, text }, lag);
beforeEach(() => {
	clock = new ManualClock();
	topic = noLag();
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
		const receipts = [1, 2, 3].map((id) => arrived(id, id === 2 ? 2 : 1, false));
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
		const receipt = arrived(1, 1, false);
		results.added = 2;
		results.written = 1;
		receipt?.done();
		results.added = 3;
		expect(sent).toEqual([]);
		results.written = 2;
		acknowledgements.flush();
		expect(sent).toEqual(["ack 1"]);
	});

	test("wait for results that are on their way to the broker as long as that takes: they are not at risk", () => {
		results.added = 1;
		arrived(1, 1, false)?.done();
		clock.move(10 * PATIENCE_MS);
		expect([sent, early]).toEqual([[], 0]);
		results.written = 1;
		acknowledgements.flush();
		expect([sent, early]).toEqual([["ack 1"], 0]);
	});

	test("do not wait longer than 100 ms for one that is not done, which is counted", () => {
		const first = arrived(1, 1, false);
		clock.move(60);
		const second = arrived(2, 1, false);
		second?.done();
		arrived(3, 1, false);
		clock.move(39);
		expect([sent, early]).toEqual([[], 0]);
		clock.move(1);
		expect([sent, early]).toEqual([["ack 1", "ack 2"], 1]);
		first?.done();
		clock.move(60);
		expect([sent, early]).toEqual([["ack 1", "ack 2", "ack 3"], 2]);
	});

	test("while no function can run, nothing is acknowledged early; afterwards all get their whole time", () => {
		arrived(1, 1, false);
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
		const one = arrived(1, 1, false);
		const two = arrived(2, 2, false);
		acknowledgements.closed();
		one?.done();
		expect(sent).toEqual([]);
		acknowledgements.opened(true);
		expect(arrived(2, 2, true)).toBeUndefined();
		expect(arrived(1, 1, true)).toBeUndefined();
		expect(sent).toEqual([]);
		two?.done();
		expect(sent).toEqual(["rec 2", "ack 1"]);
		expect(broken).toEqual([]);
	});

	test("of QoS 2: repeated before it is released it is confirmed again, afterwards the packet id is another message's", () => {
		arrived(7, 2, false)?.done();
		acknowledgements.closed();
		acknowledgements.opened(true);
		expect(arrived(7, 2, true)).toBeUndefined();
		expect(sent).toEqual(["rec 7", "rec 7"]);
		acknowledgements.released(7);
		acknowledgements.released(8);
		expect(arrived(7, 2, false)).toBeDefined();
		expect(broken).toEqual([]);
	});

	test("another message under a packet id of the connection before is worked on, though it was sent before", () => {
		const first = arrived(1, 1, false);
		acknowledgements.closed();
		acknowledgements.opened(true);
		const other = arrived(1, 1, true, topic, 2);
		expect(other).toBeDefined();
		first?.done();
		expect(sent).toEqual([]);
		other?.done();
		expect([sent, broken]).toEqual([["ack 1"], []]);
	});

	test("without its session everything is new", () => {
		arrived(1, 1, false);
		acknowledgements.closed();
		acknowledgements.opened(false);
		expect(arrived(1, 1, true)).toBeDefined();
	});

	/** So many come; gives after how many of them no more are to be read. */
	function come(): [crowd: number, receipts: (Receipt | undefined)[]] {
		crowds = [];
		const receipts: (Receipt | undefined)[] = [];
		while (crowds.length === 0) {
			nextId += 1;
			receipts.push(arrived(nextId, 1, false));
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

	test("a broker that uses a packet id for two messages at once is named, both are worked on", () => {
		const first = arrived(1, 1, false);
		const second = arrived(1, 1, false);
		expect(broken).toEqual(["it uses packet id 1 for two messages at once"]);
		second?.done();
		first?.done();
		expect(sent).toEqual(["ack 1", "ack 1"]);
	});

	/** As a broker with 20 in flight sends them; gives how many are acknowledged. */
	function send(
		messages: number,
		lag = topic,
	): [acknowledged: number, receipts: (Receipt | undefined)[]] {
		const before = sent.length;
		const receipts: (Receipt | undefined)[] = [];
		for (let n = 0; n < messages; n++) {
			nextId += 1;
			receipts.push(arrived(nextId, 1, false, lag));
		}
		return [sent.length - before, receipts];
	}

	test("a topic that stands still holds up others once: its further messages are acknowledged as they come", () => {
		const other = noLag();
		send(1, other)[1][0]?.done();
		const [none, stuck] = send(20);
		clock.move(PATIENCE_MS);
		expect([none, sent.length, early]).toEqual([0, 21, 20]);
		for (let window = 0; window < 50; window++) {
			expect(send(19)[0]).toBe(19);
			const [waiting, [receipt]] = send(1, other);
			receipt?.done();
			expect([waiting, sent.length]).toEqual([0, 1 + 20 * (window + 2)]);
		}
		expect([early, crowds]).toEqual([20 + 50 * 19, []]);
		for (const receipt of stuck) receipt?.done();
		expect(send(1)[0]).toBe(1);
	});

	test("a topic that stands still alone takes its time for each window: the rest stays at the broker", () => {
		for (let window = 1; window <= 5; window++) {
			expect(send(20)[0]).toBe(0);
			clock.move(PATIENCE_MS);
			expect([sent.length, early]).toEqual([20 * window, 20 * window]);
		}
	});

	test("they wait again once all that were late are done", () => {
		send(1, noLag())[1][0]?.done();
		const [, late] = send(2);
		clock.move(PATIENCE_MS);
		late[0]?.done();
		clock.move(PATIENCE_MS);
		const [, [last]] = send(1);
		expect(sent).toHaveLength(4);
		late[1]?.done();
		last?.done();
		expect(send(1)[0]).toBe(0);
	});

	test("one that goes on waits for its results, unless another topic may wait behind it", () => {
		const [, receipts] = send(60);
		const goOn = () => {
			clock.move(PATIENCE_MS / 2);
			receipts.shift()?.done();
		};
		goOn();
		goOn();
		goOn();
		expect([early, send(1)[0]]).toEqual([59, 0]);
		const [, [other]] = send(1, noLag());
		other?.done();
		goOn();
		goOn();
		expect(send(1)[0]).toBe(1);
		for (let ms = 0; ms < 10_000; ms += PATIENCE_MS / 2) {
			goOn();
			if (receipts.length < 10) receipts.push(...send(20)[1]);
		}
		expect(send(1)[0]).toBe(0);
	});
});
