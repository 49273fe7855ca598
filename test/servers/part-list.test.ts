import { describe, expect, test } from "bun:test";
import type { Part } from "../../src/servers/module.ts";
import { PartList, part } from "../../src/servers/part-list.ts";
import { recordedLog } from "../support/log.ts";

const { log, lines } = recordedLog("server");

/** A part that writes down what is done with it. */
const noted = (name: string, said: string[], changes: Partial<Part> = {}): Part => ({
	name,
	start: () => void said.push(`start ${name}`),
	finish: () => void said.push(`finish ${name}`),
	stop: () => void said.push(`stop ${name}`),
	...changes,
});

const fails = () => {
	throw new Error("no way");
};

describe("a list of parts", () => {
	test("starts in order, finishes while all work, and stops in reverse", async () => {
		const said: string[] = [];
		const parts = new PartList([noted("a", said), noted("b", said)], log, 1000);
		await parts.start();
		await parts.stop();
		expect(said).toEqual(["start a", "start b", "finish b", "finish a", "stop b", "stop a"]);
		await parts.stop();
		expect(said).toHaveLength(6);
	});

	test("a start that fails stops what runs, and fails with what failed", async () => {
		const said: string[] = [];
		const parts = new PartList(
			[noted("a", said), noted("b", said, { start: fails }), noted("c", said)],
			log,
			1000,
		);
		await expect(parts.start()).rejects.toThrow("no way");
		expect(said).toEqual(["start a", "finish b", "finish a", "stop b", "stop a"]);
	});

	test("a part that cannot stop is logged, and keeps no other from stopping", async () => {
		const said: string[] = [];
		const parts = new PartList(
			[noted("a", said), noted("stuck", said, { finish: fails, stop: async () => fails() })],
			log,
			1000,
		);
		await parts.start();
		await parts.stop();
		expect(said.at(-1)).toBe("stop a");
		expect(lines.filter((line) => line.includes('"part":"stuck"'))).toHaveLength(2);
	});

	test("waits no longer than it may for what is in progress", async () => {
		const said: string[] = [];
		const never = () => new Promise<void>(() => {});
		const parts = new PartList([noted("slow", said, { finish: never })], log, 1);
		await parts.start();
		await parts.stop();
		expect(said.at(-1)).toBe("stop slow");
		const warned = lines.map((line) => JSON.parse(line)).filter(({ part }) => part === "slow");
		expect(warned).toMatchObject([{ level: "warn", msg: "did not finish in time", timeout_ms: 1 }]);
	});

	test("a part does what it has of these alone", async () => {
		const said: string[] = [];
		const logged = lines.length;
		const parts = new PartList(
			[
				{ name: "a", start: () => void said.push("start a") },
				{ name: "b", stop: () => void said.push("stop b") },
			],
			log,
			1000,
		);
		await parts.start();
		await parts.stop();
		expect([said, lines.length]).toEqual([["start a", "stop b"], logged]);
	});

	test("calls a part as its own", async () => {
		class Counter {
			count = 0;
			start() {
				this.count += 1;
			}
			stop() {
				this.count -= 1;
			}
		}
		const counter = new Counter();
		const parts = new PartList([part("counter", counter)], log, 1000);
		await parts.start();
		expect(counter.count).toBe(1);
		await parts.stop();
		expect(counter.count).toBe(0);
	});
});
