import { describe, expect, test } from "bun:test";
import { openLibc } from "../../src/kit/libc.ts";

const GETPID = { getpid: { args: [], returns: "i32" } } as const;

describe("C library", () => {
	test("gives its functions, the same ones every time", () => {
		const libc = openLibc(GETPID);
		expect(libc()?.getpid()).toBe(process.pid);
		expect(libc()).toBe(libc());
	});

	test("is looked for under several names", () => {
		expect(openLibc(GETPID, ["libc.nowhere.so.1", "libc.so.6"])()?.getpid()).toBe(process.pid);
	});

	test("is undefined where there is none, or one without the function", () => {
		expect(openLibc(GETPID, ["libc.nowhere.so.1"])()).toBeUndefined();
		expect(openLibc({ no_such_function: { args: [], returns: "i32" } })()).toBeUndefined();
	});
});
