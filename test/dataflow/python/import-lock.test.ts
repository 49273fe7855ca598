import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ImportLock } from "../../../src/dataflow/python/import-lock.ts";

const { Module, compile, instantiate } = WebAssembly;
let interrupt: Uint8Array;
let mayGrow: boolean;
let lock: ImportLock;
beforeEach(() => {
	interrupt = new Uint8Array(new SharedArrayBuffer(1));
	mayGrow = true;
	lock = new ImportLock(() => mayGrow, interrupt);
});
afterEach(() => {
	// Closing is for good in an engine's process; this one compiles for other tests.
	Object.assign(WebAssembly, { Module, compile, instantiate });
});

const host = (...values: unknown[]) => values.length;

describe("import lock", () => {
	test("everything is open while the engine sets itself up", () => {
		for (const name of ["JsvObject_New", "getaddrinfo", "_dlopen_js", "__syscall_socket"]) {
			expect(lock.guard(name, host)(1, 2)).toBe(2);
		}
	});

	test("once it is closed, only what is on the list reaches the host", () => {
		const [allowed, refused] = ["emscripten_date_now", "JsvObject_New"].map((name) =>
			lock.guard(name, host),
		);
		lock.close();
		expect(allowed?.(1)).toBe(1);
		expect(() => refused?.(1)).toThrow("JsvObject_New");
		expect(lock.guard("invoke_vii", host)(1)).toBe(1);
	});

	test("what libraries probe for is refused with an error of the system's", () => {
		const names = ["__syscall_socket", "_emscripten_system", "getaddrinfo", "can_run_sync_js"];
		const guarded = names.map((name) => lock.guard(name, host));
		lock.close();
		expect(guarded.map((call) => call(1))).toEqual([-52, -52, -4, 0]);
	});

	test("compiled modules can be opened only when they are there already", () => {
		lock.admitLibraries((handle) => handle === 7);
		const open = lock.guard("_dlopen_js", host);
		lock.close();
		expect([open(7), open(8)]).toEqual([1, 0]);
	});

	test("nothing can be compiled any more", () => {
		lock.close();
		expect(() => new WebAssembly.Module(new Uint8Array())).toThrow("WebAssembly");
		expect(() => WebAssembly.compile(new Uint8Array())).toThrow("WebAssembly");
	});

	test("memory grows as far as it may", () => {
		const grow = lock.guard("emscripten_resize_heap", () => 1);
		expect(grow(1 << 20)).toBe(1);
		mayGrow = false;
		expect(grow(1 << 20)).toBe(0);
	});

	test("a pause ends with its time, with something that is ready, or with the time limit", () => {
		const nothing = lock.guard("__syscall_poll", () => 0);
		expect(nothing(0, 0, 5)).toBe(0);
		expect(lock.guard("__syscall_poll", () => 2)(0, 0, -1)).toBe(2);
		Atomics.store(interrupt, 0, 2);
		expect(nothing(0, 0, -1)).toBe(-27);
	});
});
