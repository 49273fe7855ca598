import { ptr } from "bun:ffi";
import { readFileSync } from "node:fs";
import { openLibc } from "../../kit/mod.ts";
import { encodeFilter, filterFor, MACHINES } from "./syscall-filter.ts";

const PR_SET_PDEATHSIG = 1;
const PR_SET_NO_NEW_PRIVS = 38;
const SIGKILL = 9;
const SECCOMP_SET_MODE_FILTER = 1n;
const SECCOMP_FILTER_FLAG_TSYNC = 1n;

/** Resource limits by their Linux number: no bytes into files, no core dumps, few open files. */
const RESOURCE_LIMITS: readonly [resource: number, max: bigint][] = [
	[1, 0n],
	[4, 0n],
	[7, 64n],
];
const RLIMIT_CPU = 0;
const RLIMIT_AS = 9;
const UNLIMITED = 0xffffffffffffffffn;
/** Address space the JavaScript engine may still take for itself. */
const OWN_GROWTH_BYTES = 1 << 30;

/** Opened at the start ({@link dieWithParent}): later, the filter refuses to open anything. */
const libc = openLibc({
	prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
	setrlimit: { args: ["i32", "ptr"], returns: "i32" },
	syscall: { args: ["i64", "u64", "u64", "u64"], returns: "i64" },
	getpriority: { args: ["i32", "u32"], returns: "i32" },
	kill: { args: ["i32", "i32"], returns: "i32" },
	getsid: { args: ["i32"], returns: "i32" },
});

/** How the system-call filter is. */
export interface Sandbox {
	/** Whether the kernel filters this process's system calls, as a trial has shown. */
	readonly isFiltered: boolean;
	/** Why it does not. */
	readonly reason?: string;
}

/** What the kernel does for the engine from the first moment: it dies with the server, whatever happens. */
export function dieWithParent(): void {
	libc()?.prctl(PR_SET_PDEATHSIG, BigInt(SIGKILL), 0n, 0n, 0n);
}

/**
 * Takes from this process what it needs no longer once the interpreter runs, behind the import lock:
 * should user code ever get past that, the kernel still refuses files, programs, sockets and whatever
 * else leads out of the process. A kernel without the filter keeps the other layers.
 * @param maxMemoryBytes What Python's memory may grow to.
 */
export function enterSandbox(maxMemoryBytes: number): Sandbox {
	const system = libc();
	if (system === undefined) return { isFiltered: false, reason: "no Linux C library found" };
	const space = BigInt(addressSpaceBytes() + maxMemoryBytes + OWN_GROWTH_BYTES);
	for (const [resource, max] of [...RESOURCE_LIMITS, [RLIMIT_AS, space] as const]) {
		system.setrlimit(resource, ptr(new BigUint64Array([max, max])));
	}
	const { arch } = process;
	if (arch !== "x64" && arch !== "arm64") {
		return { isFiltered: false, reason: `no system call list for ${arch}` };
	}
	if (system.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0) {
		return { isFiltered: false, reason: "cannot set no_new_privs" };
	}
	const machine = MACHINES[arch];
	const program = encodeFilter(filterFor(machine, process.pid));
	const header = new BigUint64Array([BigInt(program.length / 8), BigInt(ptr(program))]);
	const done = system.syscall(
		BigInt(machine.seccomp),
		SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_TSYNC,
		BigInt(ptr(header)),
	);
	if (Number(done) !== 0) return { isFiltered: false, reason: "the kernel rejected the filter" };
	if (!isShutIn(system))
		return { isFiltered: false, reason: "the filter lets forbidden calls through" };
	return { isFiltered: true };
}

/**
 * Tries what the filter has to refuse, each without effect if it does not: reading the own priority, a
 * signal to the own process that is none, a look at the own session.
 */
function isShutIn({ getpriority, kill, getsid }: NonNullable<ReturnType<typeof libc>>): boolean {
	return [getpriority(0, 0), kill(process.pid, 0), getsid(0)].every((result) => result === -1);
}

/**
 * Lets this process use so many more seconds of processor time before the kernel ends it: the last
 * resort should the host, which watches the clock, be stopped itself.
 */
export function renewCpuTime(seconds: number): void {
	const { user, system } = process.cpuUsage();
	const most = BigInt(Math.ceil((user + system) / 1e6 + seconds));
	libc()?.setrlimit(RLIMIT_CPU, ptr(new BigUint64Array([most, UNLIMITED])));
}

// Most of it is reserved by the JavaScript engine and never touched, so it is not a measure by itself.
function addressSpaceBytes(): number {
	const status = readFileSync("/proc/self/status", "utf8");
	return Number(/VmSize:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
