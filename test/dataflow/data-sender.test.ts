import { beforeEach, describe, expect, test } from "bun:test";
import { DataSender } from "../../src/dataflow/data-sender.ts";
import { listenedLog } from "../support/log.ts";

/** A broker whose next answers a test decides. */
let answers: (Promise<void> | undefined)[];
let sent: string[];
let sender: DataSender;
const { log, lines } = listenedLog();

beforeEach(() => {
	answers = [];
	sent = [];
	const publishData = (topic: string, payload: string) => {
		sent.push(`${topic} ${payload}`);
		return answers.shift();
	};
	sender = new DataSender({ publishData }, log);
	lines.clear();
});

describe("data sender", () => {
	test("what the broker takes at once is not pending", async () => {
		sender.send("t", "[1]");
		expect([sent, sender.pending]).toEqual([["t [1]"], 0]);
		await sender.settle(60_000);
	});

	test("settling ends with the last message the broker takes", async () => {
		const first = Promise.withResolvers<void>();
		const second = Promise.withResolvers<void>();
		answers = [first.promise, second.promise];
		sender.send("t", "[1]");
		sender.send("t", "[2]");
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
		sender.send("t", "[1]");
		await sender.settle(1);
		expect(sender.pending).toBe(1);
	});

	test("a message the broker refuses is logged, and does not stay pending", async () => {
		answers = [Promise.reject(new Error("broker connection lost"))];
		sender.send("t", "[1]");
		await sender.settle(60_000);
		expect(sender.pending).toBe(0);
		expect(await lines.take("the warning")).toContain("broker connection lost");
	});
});
