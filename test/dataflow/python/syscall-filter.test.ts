import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
	filterFor,
	type Instruction,
	MACHINES,
} from "../../../src/dataflow/python/syscall-filter.ts";
import { hasFile } from "../../support/programs.ts";

const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const KILL = 0x80000000;
const PID = 4242;

/** What the kernel does with a filter: classic BPF over `struct seccomp_data`. */
function decide(
	program: readonly Instruction[],
	arch: number,
	number: number,
	values: readonly bigint[] = [],
): number {
	const data = new DataView(new ArrayBuffer(64));
	data.setUint32(0, number, true);
	data.setUint32(4, arch, true);
	values.forEach((value, n) => void data.setBigUint64(16 + 8 * n, BigInt.asUintN(64, value), true));
	let loaded = 0;
	for (let at = 0; at < program.length; at++) {
		const [code, yes, no, k] = program[at] ?? [0, 0, 0, 0];
		if (code === 0x20) loaded = data.getUint32(k, true);
		else if (code === 0x15) at += loaded === k ? yes : no;
		else if (code === 0x45) at += (loaded & k) !== 0 ? yes : no;
		else if (code === 0x06) return k;
		else throw new Error(`instruction ${code}`);
	}
	throw new Error("the filter has no end");
}

/** Numbers of an architecture's calls as the system's headers have them. */
const HEADERS = {
	x64: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
	arm64: "/usr/include/asm-generic/unistd.h",
};
function numbersIn(header: string): Map<string, number> {
	const found = new Map<string, number>();
	const text = readFileSync(header, "utf8");
	// The generic table calls some of them by two names, for machines of 32 and of 64 bits.
	for (const [, name = "", number] of text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)/gm)) {
		found.set(name, Number(number));
	}
	return found;
}

describe.each(["x64", "arm64"] as const)("the filter of %s", (name) => {
	const machine = MACHINES[name];
	const program = filterFor(machine, PID);
	const run = (call: string, ...values: bigint[]) =>
		decide(program, machine.arch, machine.calls.get(call) ?? -1, values);

	test.if(hasFile(HEADERS[name]))("has the numbers of the system's headers", () => {
		const known = numbersIn(HEADERS[name]);
		expect(known.size).toBeGreaterThan(250);
		const wrong = [...machine.calls].filter(([call, number]) => known.get(call) !== number);
		expect(wrong).toEqual([]);
	});

	test.if(hasFile(HEADERS[name]))("refuses every call that is not on its list", () => {
		const listed = new Set(machine.calls.values());
		for (const [call, number] of numbersIn(HEADERS[name])) {
			const decided = decide(program, machine.arch, number);
			if (!listed.has(number)) expect([call, decided]).toEqual([call, EPERM]);
		}
		for (const call of [
			...["rt_sigqueueinfo", "rt_tgsigqueueinfo", "kill", "tkill", "pidfd_send_signal"],
			...["setpriority", "open_tree", "memfd_create", "openat", "execve", "socket", "ptrace"],
			...["sendmsg", "fcntl", "ioctl", "seccomp", "setrlimit", "dup", "io_uring_setup"],
		]) {
			expect([call, machine.calls.has(call)]).toEqual([call, false]);
		}
	});

	test("refuses what no table knows, and calls of another machine", () => {
		for (const number of [600, 1000, 0x3fffffff, 0x40000000, 0x40000001, 0xffffffff]) {
			expect([number, decide(program, machine.arch, number)]).toEqual([number, EPERM]);
		}
		for (const arch of [0x40000003, 0x40000028, name === "x64" ? 0xc00000b7 : 0xc000003e, 0]) {
			expect(decide(program, arch, machine.calls.get("read") ?? -1)).toBe(KILL);
		}
	});

	test("looks at arguments: threads, own signals, names of threads, own processor time", () => {
		const threads = 0x3d0f00n;
		expect(run("clone", threads)).toBe(ALLOW);
		expect(run("clone", 0x7d0f00n)).toBe(ALLOW);
		expect(run("clone", 0x11n)).toBe(EPERM);
		expect(run("clone", 0x4111n)).toBe(EPERM);
		for (const space of [0x20000n, 0x2000000n, 0x10000000n, 0x20000000n, 0x40000000n]) {
			expect(run("clone", threads | space)).toBe(EPERM);
		}
		expect(run("clone3", 0n)).toBe(ENOSYS);
		expect(run("tgkill", BigInt(PID), 1n, 9n)).toBe(ALLOW);
		expect(run("tgkill", 1n, 1n, 9n)).toBe(EPERM);
		expect(run("prctl", 15n)).toBe(ALLOW);
		expect(run("prctl", 0x53564d41n)).toBe(ALLOW);
		for (const option of [1n, 4n, 22n, 24n, 38n, 47n, 0x59616d61n]) {
			expect([option, run("prctl", option)]).toEqual([option, EPERM]);
		}
		expect(run("prlimit64", 0n, 0n, 0x7fff00001000n, 0n)).toBe(ALLOW);
		expect(run("prlimit64", 0n, 3n, 0n, 0x7fff00001000n)).toBe(ALLOW);
		expect(run("prlimit64", 0n, 9n, 0x7fff00001000n, 0n)).toBe(EPERM);
		expect(run("prlimit64", 0n, 9n, 0x700000000000n, 0n)).toBe(EPERM);
		expect(run("prlimit64", 1n, 0n, 0x7fff00001000n, 0n)).toBe(EPERM);
		expect(run("prlimit64", 1n, 3n, 0n, 0x7fff00001000n)).toBe(EPERM);
	});

	test("lets through what an engine lives on", () => {
		for (const call of [
			...["read", "write", "mmap", "munmap", "mprotect", "madvise", "futex", "sched_yield"],
			...["rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "exit", "exit_group"],
			...["clock_gettime", "clock_nanosleep", "restart_syscall", "getrandom", "set_robust_list"],
		]) {
			expect([call, run(call)]).toEqual([call, ALLOW]);
		}
	});
});
