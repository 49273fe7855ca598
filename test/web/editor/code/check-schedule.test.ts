import { describe, expect, test } from "bun:test";
import {
	type CheckOutcome,
	type CheckParts,
	CheckSchedule,
} from "../../../../src/web/editor/code/check-schedule.ts";

type Answer = Awaited<ReturnType<CheckParts["check"]>>;

const FOUND: Answer = { ok: true, body: { findings: [] } };
const refused = (status: number): Answer => ({ ok: false, status, reason: "", details: {} });

/** A schedule whose time passes by hand. */
function start() {
	const asked: string[] = [];
	const heard: CheckOutcome[] = [];
	const answers: ((answer: Answer) => void)[] = [];
	let timer: { ms: number; run: () => void } | undefined;
	const schedule = new CheckSchedule({
		check: (code) => {
			asked.push(code);
			return new Promise((resolve) => answers.push(resolve));
		},
		hear: (outcome) => heard.push(outcome),
		after: (ms, run) => {
			timer = { ms, run };
			return () => {
				timer = undefined;
			};
		},
	});
	return {
		schedule,
		asked,
		heard,
		/** Lets the time of the timer pass. @returns how long that was. */
		pass: () => {
			const due = timer;
			timer = undefined;
			due?.run();
			return due?.ms;
		},
		answer: async (answer: Answer) => {
			answers.shift()?.(answer);
			await Promise.resolve();
			await Promise.resolve();
		},
	};
}

describe("the check while a function is typed", () => {
	test("waits for a pause, and asks for the newest source once", async () => {
		const { schedule, asked, heard, pass, answer } = start();
		schedule.typed("a");
		schedule.typed("ab");
		expect(pass()).toBe(500);
		expect(asked).toEqual(["ab"]);
		await answer(FOUND);
		expect(heard).toEqual([{ state: "checked", findings: [] }]);
		expect(pass()).toBeUndefined();
	});

	test("has one request at a time, and tells nothing of what was typed over", async () => {
		const { schedule, asked, heard, pass, answer } = start();
		schedule.typed("a");
		pass();
		schedule.typed("ab");
		expect(pass()).toBeUndefined();
		await answer(FOUND);
		expect(heard).toEqual([]);
		pass();
		await answer(FOUND);
		expect(asked).toEqual(["a", "ab"]);
		expect(heard).toHaveLength(1);
	});

	test("gives a server that has too much to do more and more time", async () => {
		const { schedule, heard, pass, answer } = start();
		schedule.typed("a");
		const waits = [];
		for (let i = 0; i < 7; i++) {
			waits.push(pass());
			await answer(refused(429));
		}
		expect(waits).toEqual([500, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
		schedule.typed("ab");
		expect(pass()).toBe(30_000);
		await answer(FOUND);
		expect(heard).toHaveLength(1);
		schedule.typed("abc");
		expect(pass()).toBe(500);
	});

	test("tells a workbench that is off from a server that cannot be asked", async () => {
		const { schedule, heard, pass, answer } = start();
		for (const status of [503, 0]) {
			schedule.typed(String(status));
			pass();
			await answer(refused(status));
		}
		expect(heard).toEqual([{ state: "off" }, { state: "unknown" }]);
	});

	test("ends with the editor", async () => {
		const { schedule, heard, pass, answer } = start();
		schedule.typed("a");
		pass();
		schedule.end();
		await answer(FOUND);
		schedule.typed("b");
		expect(pass()).toBeUndefined();
		expect(heard).toEqual([]);
	});
});
