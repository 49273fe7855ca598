import { describe, expect, test } from "bun:test";
import { Additions } from "../../../src/ccm/reconciler/additions.ts";

/** Whether others wait, after each of these. */
function waits(...events: ("plan" | "progressed" | "failed" | "rest" | "end")[]): boolean[] {
	const additions = new Additions();
	return events.map((event) => {
		additions[event]();
		return additions.pending !== undefined;
	});
}

describe("additions of a graph", () => {
	test("are waited for until they are done", async () => {
		expect(waits("rest", "plan", "end", "plan", "rest")).toEqual([false, true, false, true, false]);
		const additions = new Additions();
		additions.plan();
		const { pending } = additions;
		additions.plan();
		expect(additions.pending).toBe(pending as Promise<void>);
		additions.end();
		await pending;
	});

	test("are waited for through six attempts that come to nothing, and as long as they get on", () => {
		const attempt = ["failed", "rest"] as const;
		const fails = (times: number) => Array.from({ length: times }, () => attempt).flat();
		expect(waits("plan", ...fails(5))).not.toContain(false);
		expect(waits("plan", ...fails(6)).at(-1)).toBe(false);
		expect(waits("plan", ...fails(5), "progressed", ...fails(5))).not.toContain(false);
	});
});
