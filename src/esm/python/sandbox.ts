import { dlopen, ptr } from "bun:ffi";
import { readFileSync } from "node:fs";

const PR_SET_PDEATHSIG = 1;
const PR_SET_NO_NEW_PRIVS = 38;
const SIGKILL = 9;
const SECCOMP_SET_MODE_FILTER = 1n;
const SECCOMP_FILTER_FLAG_TSYNC = 1n;
const ENOSYS = 38;
const EPERM = 1;

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

interface Machine {
	/** AUDIT_ARCH of the filter. */
	readonly arch: number;
	readonly seccomp: bigint;
	readonly clone: number;
	readonly clone3: number;
	readonly tgkill: number;
	/** System calls an engine has no use for: files, programs, sockets, other processes, the system. */
	readonly refused: readonly number[];
}

// Numbers from the kernel's tables (asm/unistd_64.h and asm-generic/unistd.h), in this order: execve
// execveat, socket socketpair connect bind listen accept accept4, opening, changing names and modes,
// ptrace kill tkill process_vm_readv process_vm_writev pidfd_*, mount and namespaces, bpf perf modules
// kexec io_uring keys userfaultfd, reboot swap names, ids and capabilities, clocks.
const X64: Machine = {
	arch: 0xc000003e,
	seccomp: 317n,
	clone: 56,
	clone3: 435,
	tgkill: 234,
	refused: [
		...[57, 58, 59, 322, 41, 53, 42, 49, 50, 43, 288, 2, 257, 437, 85],
		...[87, 263, 82, 264, 316, 83, 258, 84, 88, 266, 86, 265, 90, 91, 268, 92, 94, 93, 260],
		...[76, 133, 259, 101, 62, 200, 310, 311, 424, 434, 438, 165, 166, 155, 161, 272, 308],
		...[321, 298, 175, 313, 176, 246, 425, 250, 248, 249, 323, 169, 167, 168, 170],
		...[105, 106, 113, 117, 119, 126, 135, 163, 164, 227, 159, 172, 173, 80],
	],
};
const ARM64: Machine = {
	arch: 0xc00000b7,
	seccomp: 277n,
	clone: 220,
	clone3: 435,
	tgkill: 131,
	refused: [
		...[221, 281, 198, 199, 203, 200, 201, 202, 242, 56, 437],
		...[35, 38, 276, 34, 36, 37, 52, 53, 55, 54, 45, 33],
		...[117, 129, 130, 270, 271, 424, 434, 438, 40, 39, 41, 51, 97, 268],
		...[280, 241, 105, 273, 106, 104, 425, 219, 217, 218, 282, 142, 224, 225, 161],
		...[146, 144, 145, 147, 149, 91, 92, 89, 170, 112, 171, 49],
	],
};

const CLONE_THREAD = 0x10000;
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const refuse = (errno: number) => 0x00050000 | errno;

/** A classic BPF instruction: code, jump if true, jump if false, constant. */
type Instruction = readonly [code: number, yes: number, no: number, k: number];
const LOAD = 0x20;
const EQUAL = 0x15;
const HAS_BITS = 0x45;
const RETURN = 0x06;
/** Offsets in struct seccomp_data. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;

/** What the kernel does for the engine from the first moment: it dies with the server, whatever happens. */
export function dieWithParent(): void {
	libc()?.prctl(PR_SET_PDEATHSIG, BigInt(SIGKILL), 0n, 0n, 0n);
}

/**
 * Takes from this process what it needs no longer once the interpreter runs, behind the import lock:
 * should user code ever get past that, the kernel still refuses files, programs and sockets.
 * @param maxMemoryBytes What Python's memory may grow to.
 * @returns whether the system-call filter is on; a kernel without it keeps the other layers.
 */
export function enterSandbox(maxMemoryBytes: number): boolean {
	const system = libc();
	const machine = process.arch === "x64" ? X64 : process.arch === "arm64" ? ARM64 : undefined;
	if (system === undefined || machine === undefined) return false;
	const space = BigInt(addressSpaceBytes() + maxMemoryBytes + OWN_GROWTH_BYTES);
	for (const [resource, max] of [...RESOURCE_LIMITS, [RLIMIT_AS, space] as const]) {
		system.setrlimit(resource, ptr(new BigUint64Array([max, max])));
	}
	if (system.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0) return false;
	const program = encode(filterFor(machine, process.pid));
	const header = new BigUint64Array([BigInt(program.length / 8), BigInt(ptr(program))]);
	const done = system.syscall(
		machine.seccomp,
		SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_TSYNC,
		BigInt(ptr(header)),
	);
	return Number(done) === 0;
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

function filterFor({ arch, clone, clone3, tgkill, refused }: Machine, pid: number): Instruction[] {
	return [
		[LOAD, 0, 0, ARCHITECTURE],
		[EQUAL, 1, 0, arch],
		[RETURN, 0, 0, KILL_PROCESS],
		[LOAD, 0, 0, NUMBER],
		...refused.flatMap((number): Instruction[] => [
			[EQUAL, 0, 1, number],
			[RETURN, 0, 0, refuse(EPERM)],
		]),
		// Without clone3 the C library uses clone, whose flags can be seen: threads yes, processes no.
		[EQUAL, 0, 1, clone3],
		[RETURN, 0, 0, refuse(ENOSYS)],
		[EQUAL, 0, 4, clone],
		[LOAD, 0, 0, FIRST_ARGUMENT],
		[HAS_BITS, 0, 1, CLONE_THREAD],
		[RETURN, 0, 0, ALLOW],
		[RETURN, 0, 0, refuse(EPERM)],
		// The garbage collector signals its own threads; nobody else's.
		[EQUAL, 0, 3, tgkill],
		[LOAD, 0, 0, FIRST_ARGUMENT],
		[EQUAL, 1, 0, pid],
		[RETURN, 0, 0, refuse(EPERM)],
		[RETURN, 0, 0, ALLOW],
	];
}

function encode(instructions: readonly Instruction[]): Uint8Array {
	const view = new DataView(new ArrayBuffer(instructions.length * 8));
	for (const [index, [code, yes, no, k]] of instructions.entries()) {
		view.setUint16(index * 8, code, true);
		view.setUint8(index * 8 + 2, yes);
		view.setUint8(index * 8 + 3, no);
		view.setUint32(index * 8 + 4, k >>> 0, true);
	}
	return new Uint8Array(view.buffer);
}

// Most of it is reserved by the JavaScript engine and never touched, so it is no measure by itself.
function addressSpaceBytes(): number {
	const status = readFileSync("/proc/self/status", "utf8");
	return Number(/VmSize:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

function libc() {
	if (process.platform !== "linux") return undefined;
	const musl = `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`;
	for (const name of ["libc.so.6", musl]) {
		try {
			return dlopen(name, {
				prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
				setrlimit: { args: ["i32", "ptr"], returns: "i32" },
				syscall: { args: ["i64", "u64", "u64", "u64"], returns: "i64" },
			}).symbols;
		} catch {}
	}
	return undefined;
}
