import { expect, test } from "bun:test";
import { protectStack } from "../../../src/dataflow/python/python-stack.ts";
import { withStackOf } from "../../../src/dataflow/python/stack-limit.ts";

/** What the interpreter is told where the process has so much stack: thread, lower end and size. */
function told(stackBytes: number): number[] {
	const calls: number[][] = [];
	const exports = {
		emscripten_stack_get_base: () => 5_000_000,
		PyThreadState_Get: () => 7,
		PyUnstable_ThreadState_SetStackProtection: (...values: number[]) => calls.push(values),
	};
	withStackOf(stackBytes, () => protectStack(exports));
	return calls.flat();
}

test("Python gets a share of the process's stack, within bounds", () => {
	const share = Math.floor((64 << 20) / 400);
	expect(told(64 << 20)).toEqual([7, 5_000_000 - share, share]);
	expect(told(8 << 20)[2]).toBe(64 << 10);
	expect(told(1 << 30)[2]).toBe(512 << 10);
});

test("an interpreter without such a stack is refused", () => {
	expect(() => protectStack({})).toThrow("the interpreter has no emscripten_stack_get_base");
});
