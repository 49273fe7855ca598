import { beforeEach, describe, expect, test } from "bun:test";
import { Monitor, Throttle } from "../../src/dataflow/monitor.ts";
import { ManualClock } from "../support/manual-clock.ts";

let clock: ManualClock;
let sent: string[];
let made: string[];
beforeEach(() => {
	clock = new ManualClock();
	sent = [];
	made = [];
});

/** A message that notes when it is made. */
const message = (text: string) => () => {
	made.push(text);
	return text;
};

describe("throttle", () => {
	let throttle: Throttle;
	beforeEach(() => {
		throttle = new Throttle((text) => sent.push(text), clock);
	});

	test("sends the first at once, and the newest when 20 ms are over; the others are not even made", () => {
		for (const text of ["a", "b", "c"]) throttle.offer(message(text));
		expect(sent).toEqual(["a"]);
		clock.move(19);
		expect(made).toEqual(["a"]);
		clock.move(1);
		expect([sent, made]).toEqual([
			["a", "c"],
			["a", "c"],
		]);
		throttle.offer(message("d"));
		clock.move(20);
		expect(sent).toEqual(["a", "c", "d"]);
		clock.move(20);
		throttle.offer(message("e"));
		expect(sent.at(-1)).toBe("e");
	});

	test("an interval below 20 ms counts as 20 ms", () => {
		throttle.intervalMs = 1;
		for (const text of ["a", "b"]) throttle.offer(message(text));
		clock.move(19);
		expect(sent).toEqual(["a"]);
		clock.move(1);
		expect(sent).toEqual(["a", "b"]);
	});

	test("another interval counts for what waits already", () => {
		throttle.intervalMs = 60_000;
		for (const text of ["a", "b"]) throttle.offer(message(text));
		clock.move(1000);
		throttle.intervalMs = 1500;
		clock.move(499);
		expect(sent).toEqual(["a"]);
		clock.move(1);
		expect(sent).toEqual(["a", "b"]);
		throttle.offer(message("c"));
		clock.move(1000);
		throttle.intervalMs = 100;
		clock.move(0);
		expect(sent).toEqual(["a", "b", "c"]);
	});

	test("a longer interval counts from the message before it", () => {
		throttle.offer(message("a"));
		clock.move(30);
		throttle.intervalMs = 1000;
		throttle.offer(message("b"));
		clock.move(969);
		expect(sent).toEqual(["a"]);
		clock.move(1);
		expect(sent).toEqual(["a", "b"]);
	});

	test("a message that has to be fetched is sent when it is there, unless there is none any more", async () => {
		const later = Promise.withResolvers<string | null>();
		throttle.offer(() => later.promise);
		throttle.offer(() => Promise.resolve(null));
		expect(sent).toEqual([]);
		later.resolve("a");
		await later.promise;
		clock.move(20);
		await Promise.resolve();
		expect(sent).toEqual(["a"]);
	});

	test("sends nothing once it is stopped, not even what was being fetched", async () => {
		const later = Promise.withResolvers<string | null>();
		throttle.offer(() => later.promise);
		throttle.offer(message("b"));
		throttle.stop();
		later.resolve("a");
		await later.promise;
		throttle.offer(message("c"));
		clock.move(1000);
		expect([sent, made, clock.planned]).toEqual([[], [], 0]);
	});
});

describe("monitor", () => {
	let monitor: Monitor;
	beforeEach(() => {
		monitor = new Monitor((text) => sent.push(text), clock);
	});

	test("records and failures have their shape, and do not wait for each other", () => {
		monitor.setInterval(60_000);
		monitor.data(() => '{"idf":{}}');
		monitor.error({ stage: "idf", src: "def run", reason: "why" });
		clock.move(20);
		monitor.error({ stage: null, src: null, reason: "malformed" });
		expect(sent.map((text) => JSON.parse(text))).toEqual([
			{ op: "monitor_info", data: { idf: {} } },
			{ op: "esm_error", data: { msg: "idf function failure:\nwhy", src: "def run" } },
			{ op: "esm_error", data: { msg: "malformed", src: null } },
		]);
	});

	test("the interval is that of records; failures come up to 50 times a second", () => {
		monitor.setInterval(1000);
		for (let ms = 0; ms < 1000; ms += 10) {
			monitor.data(() => "{}");
			monitor.error({ stage: null, src: null, reason: "r" });
			clock.move(10);
		}
		const count = (op: string) => sent.filter((text) => text.includes(op)).length;
		expect([count("monitor_info"), count("esm_error")]).toEqual([2, 51]);
	});

	test("a stopped monitor is silent", () => {
		monitor.stop();
		monitor.data(() => "{}");
		monitor.error({ stage: null, src: null, reason: "r" });
		clock.move(1000);
		expect(sent).toEqual([]);
	});
});
