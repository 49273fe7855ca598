import { expect, test } from "bun:test";
import { ownStackBytes, withStackOf } from "../../../src/dataflow/python/stack-limit.ts";

const KIBIBYTES = ["/bin/sh", "-c", "ulimit -s"];
const limitOf = () => Number(Bun.spawnSync(KIBIBYTES).stdout.toString()) * 1024;

test("a process that is started gets the stack; this one keeps its own", () => {
	const before = ownStackBytes();
	expect(withStackOf(20 << 20, limitOf)).toBe(20 << 20);
	expect(ownStackBytes()).toBe(before);
});

test("this one keeps its own also when the start fails", () => {
	const before = ownStackBytes();
	const failing = () => {
		throw new Error("no such program");
	};
	expect(() => withStackOf(20 << 20, failing)).toThrow("no such program");
	expect(ownStackBytes()).toBe(before);
});

test("more than the system allows is as much as it allows", () => {
	const bytes = withStackOf(Number.MAX_SAFE_INTEGER, () => ownStackBytes());
	expect(bytes === undefined || bytes >= (ownStackBytes() ?? 0)).toBe(true);
});
