import { beforeEach, describe, expect, test } from "bun:test";
import type { Task } from "../../../src/dataflow/python/task.ts";
import { TaskQueue } from "../../../src/dataflow/python/task-queue.ts";
import { notedTask } from "../../support/noted-task.ts";

let queue: TaskQueue;
const events: string[] = [];
beforeEach(() => {
	queue = new TaskQueue();
	events.length = 0;
});

const task = (...what: [name: string, ask?: Task["request"]["ask"], answers?: number]) =>
	notedTask(events, ...what);

describe("task queue", () => {
	test("answers go to the oldest request, as many as it takes", () => {
		expect([queue.isEmpty, queue.current]).toEqual([true, undefined]);
		queue.add(task("a", "batch", 2));
		queue.add(task("b", "drop"));
		expect([queue.isEmpty, queue.current]).toEqual([false, "batch"]);
		queue.answer({ answer: "slice", text: "1" });
		queue.answer({ answer: "slice", text: "2" });
		expect(queue.current).toBe("drop");
		queue.answer({ answer: "done", text: "3" });
		expect([queue.isEmpty, events]).toEqual([true, ["a 1", "a 2", "b 3"]]);
	});

	test.each([
		["without a request", [], "done", "it answered without being asked"],
		["a slice to a request", [task("a")], "slice", "it answered out of turn"],
		["done to a batch", [task("a", "batch")], "done", "it answered out of turn"],
	] as const)("refuses an answer %s", (_name, tasks, answer, reason) => {
		for (const one of tasks) queue.add(one);
		expect(() => queue.answer({ answer, text: "" })).toThrow(reason);
		expect(events).toEqual([]);
	});

	test("a request that throws on its answer stays, so that it can be lost", () => {
		const take = () => {
			throw new SyntaxError("not JSON");
		};
		queue.add({ ...task("a"), take });
		expect(() => queue.answer({ answer: "done", text: "?" })).toThrow("not JSON");
		queue.lose("killed", true);
		expect(events).toEqual(["a lost at work: killed"]);
	});

	test("loses the newest first, and only the oldest can be to blame", () => {
		for (const name of ["a", "b", "c"]) queue.add(task(name));
		queue.lose("ended", true);
		expect(events).toEqual([
			"c lost waiting: ended",
			"b lost waiting: ended",
			"a lost at work: ended",
		]);
		expect(queue.isEmpty).toBe(true);
		queue.add(task("d"));
		queue.lose("asked for", false);
		expect(events.at(-1)).toBe("d lost waiting: asked for");
	});

	test("a request that is added while others are lost is kept", () => {
		queue.add({ ...task("a"), lost: () => queue.add(task("again")) });
		queue.lose("ended", true);
		expect(queue.current).toBe("prepare");
	});
});
