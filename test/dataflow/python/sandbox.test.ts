import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import {
	filterFor,
	type Instruction,
	MACHINES,
} from "../../../src/dataflow/python/syscall-filter.ts";
import { hasFile, hasProgram, needs } from "../../support/programs.ts";

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

/** Each would do something outside of the process, or find something out there; x64 numbers. */
const ATTEMPTS: [string, number, ...(number | string)[]][] = [
	["kill", 62, "victim", 9],
	["tkill", 200, "victim", 9],
	["tgkill", 234, "victim", "victim", 9],
	["rt_sigqueueinfo", 129, "victim", 9, "siginfo"],
	["rt_tgsigqueueinfo", 297, "victim", "victim", 9, "siginfo"],
	["pidfd_open", 434, "victim", 0],
	["kill of everything", 62, -1, 0],
	["setpriority", 141, 0, "victim", 19],
	["getpriority", 140, 0, "victim"],
	["prlimit64 of another", 302, "victim", 4, "zeros", 0],
	["prlimit64 of its memory", 302, 0, 9, "zeros", 0],
	["setrlimit", 160, 4, "zeros"],
	["sched_setaffinity", 203, "victim", 8, "\u0001"],
	["sched_setscheduler", 144, "victim", 5, "zeros"],
	["ioprio_set", 251, 1, "victim", 0x6007],
	["move_pages", 279, "victim", 0, 0, 0, 0],
	["process_vm_readv", 310, "victim", 0, 0, 0, 0],
	["ptrace", 101, 16, "victim", 0, 0],
	["kcmp", 312, "victim", "victim", 0, 0, 0],
	["open", 2, "/etc/hostname", 0],
	["openat", 257, -100, "/etc/hostname", 0],
	["openat2", 437, -100, "/etc/hostname", "zeros", 24],
	["open_tree", 428, -100, "/", 0],
	["stat", 4, "/etc/hostname", "room"],
	["newfstatat", 262, -100, "/etc/hostname", "room", 0],
	["statx", 332, -100, "/etc/hostname", 0, 0xfff, "room"],
	["access", 21, "/etc/hostname", 0],
	["readlink", 89, "/proc/self/exe", "room", 200],
	["getcwd", 79, "room", 200],
	["name_to_handle_at", 303, -100, "/etc", "room", "room", 0],
	["inotify_init1", 294, 0],
	["fanotify_init", 300, 0, 0],
	["memfd_create", 319, "x", 0],
	["chdir", 80, "/tmp"],
	["mknod", 133, "/tmp/iotctl-escaped", 0o644, 0],
	["symlink", 88, "/etc/passwd", "/tmp/iotctl-escaped"],
	["truncate", 76, "/nonexistent", 0],
	["utimensat", 280, -100, "/nonexistent", 0, 0],
	["socket", 41, 2, 1, 0],
	["socketpair", 53, 1, 1, 0, "room"],
	["sendto", 44, 3, "x", 1, 0, 0],
	["fork", 57],
	["vfork", 58],
	["clone of a process", 56, 17, 0, 0, 0, 0],
	["execve", 59, "/bin/true", 0, 0],
	["unshare", 272, 0x10000000],
	["setns", 308, 0, 0],
	["mount", 165, "x", "/nonexistent", "tmpfs", 0, 0],
	["pivot_root", 155, "/", "/"],
	["setsid", 112],
	["setpgid", 109, 0, 0],
	["getpgid", 121, "victim"],
	["getsid", 124, "victim"],
	["prctl that undoes dying with the server", 157, 1, 0, 0, 0, 0],
	["prctl that lets others look in", 157, 4, 1, 0, 0, 0],
	["seccomp", 317, 2, 0, "room"],
	["fcntl that names an owner", 72, 1, 8, "victim"],
	["dup", 32, 1],
	["ioctl", 16, 0, 0x5413, "room"],
	["timer_create", 222, 0, 0, "room"],
	["shmget", 29, 0, 4096, 0o600],
	["msgget", 68, 0, 0o600],
	["semget", 64, 0, 1, 0o600],
	["mq_open", 240, "x", 0x40, 0o600, 0],
	["add_key", 248, "user", "x", "x", 1, -2],
	["bpf", 321, 0, "zeros", 120],
	["perf_event_open", 298, "zeros", 0, -1, -1, 0],
	["userfaultfd", 323, 1],
	["io_uring_setup", 425, 1, "zeros"],
	["landlock_create_ruleset", 444, 0, 0, 1],
	["sethostname", 170, "x", 1],
	["umask", 95, 0],
	["personality", 135, 0xffffffff],
	["syslog", 103, 10, 0, 0],
	["x32 getpid", 0x40000027],
];

describe.if(needs(process.arch === "x64", "the machine is no x64") && hasProgram("sleep"))(
	"an engine that got past everything else",
	() => {
		let victim: Subprocess;
		beforeAll(() => {
			victim = Bun.spawn(["sleep", "600"]);
		});
		afterAll(async () => {
			victim.kill();
			await victim.exited;
		});

		const attempt = (attempts: typeof ATTEMPTS) => {
			const script = join(import.meta.dir, "sandboxed.ts");
			const { stdout, stderr, exitCode } = Bun.spawnSync(
				[process.execPath, script, JSON.stringify(attempts), String(victim.pid)],
				{ stdio: ["ignore", "pipe", "pipe"] },
			);
			expect([exitCode, stderr.toString()]).toEqual([0, ""]);
			return JSON.parse(stdout.toString()) as Record<string, string>;
		};

		test("is refused every call out of itself, and goes on", () => {
			const { sandbox, ...said } = attempt(ATTEMPTS);
			expect(sandbox).toBe('{"isFiltered":true}');
			expect(said).toEqual(Object.fromEntries(ATTEMPTS.map(([name]) => [name, "EPERM"])));
			expect(victim.killed || victim.exitCode !== null).toBe(false);
		});

		test("keeps what harms nobody else", () => {
			expect(
				attempt([
					["getpid", 39],
					["gettid", 186],
					["tgkill of itself, no signal", 234, "self", "self", 0],
					["getrandom", 318, "room", 8, 0],
					["sched_yield", 24],
					["its own processor time", 302, 0, 0, 0, "room"],
					["clone3, which the C library can do without", 435, 0, 0],
				]),
			).toMatchObject({
				getpid: "done",
				gettid: "done",
				"tgkill of itself, no signal": "done",
				getrandom: "done",
				sched_yield: "done",
				"its own processor time": "done",
				"clone3, which the C library can do without": "ENOSYS",
			});
		});
	},
);
