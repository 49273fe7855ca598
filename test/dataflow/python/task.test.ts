import { expect, test } from "bun:test";
import { change } from "../../../src/dataflow/python/task.ts";

test("a change is sent as JSON, answered with nothing, and lost in silence", () => {
	const task = change("release", [1, 2]);
	expect(task.request).toEqual({ ask: "release", text: "[1,2]" });
	expect(task.take("null")).toBe(true);
	expect(() => task.take('"something"')).toThrow("it sent an unexpected answer");
	task.lost("ended", true);
});
