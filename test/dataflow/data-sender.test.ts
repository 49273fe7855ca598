import { beforeEach, describe, expect, test } from "bun:test";
import { DataSender } from "../../src/dataflow/data-sender.ts";
import type { DataSink } from "../../src/mqtt/port.ts";
import { listenedLog } from "../support/log.ts";

/** A broker whose next answers a test decides. */
let answers: (Promise<void> | undefined)[];
let sent: string[];
let broker: DataSink;
let sender: DataSender;
const { log, lines } = listenedLog();

beforeEach(() => {
	answers = [];
	sent = [];
	const publishData = (topic: string, payload: string, qos: number) => {
		sent.push(`${topic} ${payload} ${qos}`);
		return answers.shift();
	};
	broker = { publishData };
	sender = new DataSender({ dataQos: "auto" }, broker, log);
	lines.clear();
});

describe("data sender", () => {
	test("what the broker takes at once is not pending", async () => {
		sender.sendResult("t", "[1]", 0);
		expect([sent, sender.pending]).toEqual([["t [1] 0"], 0]);
		await sender.settle(60_000);
	});

	test("results go out at the QoS of their message, or at that of the ini; monitors at QoS 2", () => {
		for (const qos of [0, 1, 2] as const) sender.sendResult("t", "[1]", qos);
		const fixed = new DataSender({ dataQos: 1 }, broker, log);
		for (const qos of [0, 1, 2] as const) fixed.sendResult("f", "[1]", qos);
		fixed.sendRecord("m", "{}");
		expect(sent.map((line) => line.split(" ").with(1, "").join(""))).toEqual([
			"t0",
			"t1",
			"t2",
			"f1",
			"f1",
			"f1",
			"m2",
		]);
	});

	test("settling ends with the last message the broker takes", async () => {
		const first = Promise.withResolvers<void>();
		const second = Promise.withResolvers<void>();
		answers = [first.promise, second.promise];
		sender.sendResult("t", "[1]", 0);
		sender.sendResult("t", "[2]", 0);
		expect(sender.pending).toBe(2);
		let isSettled = false;
		const settled = sender.settle(60_000).then(() => {
			isSettled = true;
		});
		first.resolve();
		await first.promise;
		await Promise.resolve();
		expect([isSettled, sender.pending]).toEqual([false, 1]);
		second.resolve();
		await settled;
		expect(sender.pending).toBe(0);
	});

	test("settling ends with its time, too", async () => {
		answers = [new Promise<void>(() => {})];
		sender.sendResult("t", "[1]", 0);
		await sender.settle(1);
		expect(sender.pending).toBe(1);
	});

	test("a message the broker refuses is logged, and does not stay pending", async () => {
		answers = [Promise.reject(new Error("broker connection lost"))];
		sender.sendResult("t", "[1]", 0);
		await sender.settle(60_000);
		expect(sender.pending).toBe(0);
		expect(await lines.take("the warning")).toContain("broker connection lost");
	});
});
