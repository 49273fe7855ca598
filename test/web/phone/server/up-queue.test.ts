import { describe, expect, test } from "bun:test";
import { type Reply, UpQueue } from "../../../../src/web/phone/server/up-queue.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

/** A queue whose requests are answered by the test. */
class Line {
	readonly clock = new ManualClock();
	readonly sent: { readonly at: number; readonly lines: unknown[] }[] = [];
	readonly paces: boolean[] = [];
	readonly refusals: number[] = [];
	/** How requests are answered from now on; "never": not by itself. */
	reply: Reply | "never" = { status: 204 };
	answer: (reply: Reply) => void = () => {};
	readonly queue = new UpQueue({
		clock: this.clock,
		send: (text) => {
			const lines = text.split("\n").map((line) => JSON.parse(line));
			this.sent.push({ at: this.clock.now(), lines });
			if (this.reply !== "never") return Promise.resolve(this.reply);
			return new Promise((resolve) => {
				this.answer = resolve;
			});
		},
		onRefused: (status) => this.refusals.push(status),
		onPace: (isSlow) => this.paces.push(isSlow),
	});

	/** Lets time go by in steps, with answers in between. @param each Called before each step. */
	async pass(ms: number, each: () => void = () => {}): Promise<void> {
		for (let left = ms; left > 0; left -= 5) {
			each();
			this.clock.move(5);
			await settled();
		}
	}

	get lines(): unknown[][] {
		return this.sent.map(({ lines }) => lines);
	}
}

/** All that was resolved has been told. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

describe("values on their way up", () => {
	test("wait until the queue is open, then go at once, the newest of each feature", async () => {
		const line = new Line();
		line.queue.put("A-I", [1]);
		line.queue.put("A-I", [2]);
		line.queue.put("B-I", [3]);
		expect(line.sent).toEqual([]);
		line.queue.open();
		await settled();
		expect(line.lines).toEqual([
			[
				["A-I", [2]],
				["B-I", [3]],
			],
		]);
	});

	test("are at most 20 requests a second, however often a finger moves", async () => {
		const line = new Line();
		line.queue.open();
		let count = 0;
		await line.pass(1000, () => line.queue.put("A-I", [count++]));
		expect(line.sent.length).toBeWithin(15, 21);
		await line.pass(100);
		expect(line.lines.at(-1)).toEqual([["A-I", [count - 1]]]);
	});

	test("one request at a time, and what came meanwhile in the next", async () => {
		const line = new Line();
		line.reply = "never";
		line.queue.open();
		line.queue.put("A-I", [1]);
		await line.pass(200, () => line.queue.put("A-I", [2]));
		expect(line.lines).toEqual([[["A-I", [1]]]]);
		line.answer({ status: 204 });
		await settled();
		expect(line.lines).toEqual([[["A-I", [1]]], [["A-I", [2]]]]);
	});

	test("each press of a button arrives, and that it was let go, in their order", async () => {
		const line = new Line();
		line.queue.open();
		for (const value of [1, 0, 1, 0]) line.queue.step("Button-I1", [value]);
		await line.pass(400);
		expect(line.lines.flat()).toEqual([1, 0, 1, 0].map((value) => ["Button-I1", [value]]));
	});

	test("a failure makes it five a second, more of them ever less; values come again, newer ones instead", async () => {
		const line = new Line();
		line.queue.open();
		line.reply = { status: 0 };
		line.queue.put("A-I", [1]);
		line.queue.put("B-I", [1]);
		await line.pass(150);
		expect(line.sent.length).toBe(1);
		line.queue.put("A-I", [2]);
		await line.pass(4000);
		const times = line.sent.map(({ at }) => at);
		const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
		expect(gaps[0]).toBeWithin(200, 210);
		for (const [index, gap] of gaps.slice(1).entries()) {
			expect(gap).toBeGreaterThanOrEqual((gaps[index] ?? 0) * 1.8);
		}
		expect(line.paces).toEqual([true]);
		line.reply = { status: 204 };
		await line.pass(8000);
		const last = line.sent.at(-1)?.lines as [string, unknown][];
		expect(Object.fromEntries(last)).toEqual({ "A-I": [2], "B-I": [1] });
	});

	test("is fast again after a run of requests that went well", async () => {
		const line = new Line();
		line.queue.open();
		line.reply = { status: 503 };
		line.queue.put("A-I", [0]);
		await settled();
		line.reply = { status: 204 };
		let count = 0;
		await line.pass(6000, () => line.queue.put("A-I", [count++]));
		expect(line.paces).toEqual([true, false]);
		const before = line.sent.length;
		await line.pass(1000, () => line.queue.put("A-I", [count++]));
		expect(line.sent.length - before).toBeWithin(15, 21);
	});

	test("waits as long as the server says", async () => {
		const line = new Line();
		line.queue.open();
		line.reply = { status: 429, retryAfterS: 3 };
		line.queue.put("A-I", [1]);
		await settled();
		line.reply = { status: 204 };
		await line.pass(2900);
		expect(line.sent.length).toBe(1);
		await line.pass(200);
		expect(line.lines.at(-1)).toEqual([["A-I", [1]]]);
	});

	test("what the server takes for wrong is not sent again", async () => {
		const line = new Line();
		line.queue.open();
		line.reply = { status: 400 };
		line.queue.put("A-I", [1]);
		await line.pass(1000);
		expect([line.sent.length, line.refusals, line.paces]).toEqual([1, [], []]);
	});

	test.each([401, 403, 404, 410])(
		"a device that is refused with %d is said to be",
		async (status) => {
			const line = new Line();
			line.queue.open();
			line.reply = { status };
			line.queue.put("A-I", [1]);
			line.queue.put("A-I", [2]);
			await line.pass(1000, () => line.queue.put("A-I", [3]));
			expect([line.sent.length, line.refusals]).toEqual([1, [status]]);
		},
	);

	test("presses from before an outage do not come after it, but how the button is then does", async () => {
		const line = new Line();
		line.queue.open();
		line.reply = "never";
		line.queue.step("Button-I1", [1]);
		for (const value of [0, 1, 0]) line.queue.step("Button-I1", [value]);
		line.queue.close();
		line.answer({ status: 0 });
		await settled();
		line.reply = { status: 204 };
		line.queue.open();
		await line.pass(1000);
		expect(line.lines.slice(1)).toEqual([[["Button-I1", [0]]]]);
	});
});
