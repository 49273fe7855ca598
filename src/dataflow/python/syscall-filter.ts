// Which system calls an engine may make once it is set up: the list, and the program for the kernel.

/** An architecture the filter is made for. */
export interface Machine {
	/** AUDIT_ARCH of its calls. */
	readonly arch: number;
	/** Number of seccomp(2), which sets the filter. */
	readonly seccomp: number;
	/** Numbers of the calls that are let through, some only with certain arguments. */
	readonly calls: ReadonlyMap<string, number>;
}

/** A classic BPF instruction: code, how many to skip if true and if false, constant. */
export type Instruction = readonly [code: number, yes: number, no: number, k: number];

const LOAD = 0x20;
const EQUAL = 0x15;
const HAS_BITS = 0x45;
const RETURN = 0x06;

/** Offsets in struct seccomp_data; arguments are 64 bits, the low half first. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number) => 16 + 8 * index;
const upperHalf = (index: number) => argument(index) + 4;

const ALLOW: Instruction = [RETURN, 0, 0, 0x7fff0000];
const KILL_PROCESS: Instruction = [RETURN, 0, 0, 0x80000000];
const REFUSE: Instruction = [RETURN, 0, 0, 0x00050000 | 1];
const NO_SUCH_CALL: Instruction = [RETURN, 0, 0, 0x00050000 | 38];

/**
 * Numbers from the kernel's tables (asm/unistd_64.h, asm-generic/unistd.h): x64, arm64; null where an
 * architecture has none. What the JavaScript engine and the C library were seen to use, and what they
 * use in paths that tests do not reach: memory, threads and their signals, waiting, clocks, the channel.
 * The most frequent come first, since the kernel goes through the list from its beginning.
 */
const CALLS: readonly (readonly [name: string, x64: number | null, arm64: number | null])[] = [
	["futex", 202, 98],
	["madvise", 28, 233],
	["recvfrom", 45, 207],
	["read", 0, 63],
	["write", 1, 64],
	["sched_yield", 24, 124],
	["getrusage", 98, 165],
	["mmap", 9, 222],
	["munmap", 11, 215],
	["mprotect", 10, 226],
	["mremap", 25, 216],
	["brk", 12, 214],
	["mincore", 27, 232],
	["membarrier", 324, 283],
	["readv", 19, 65],
	["writev", 20, 66],
	["close", 3, 57],
	["fstat", 5, 80],
	["lseek", 8, 62],
	["pread64", 17, 67],
	["poll", 7, null],
	["ppoll", 271, 73],
	["epoll_ctl", 233, 21],
	["epoll_wait", 232, null],
	["epoll_pwait", 281, 22],
	["epoll_pwait2", 441, 441],
	["eventfd2", 290, 19],
	["rt_sigaction", 13, 134],
	["rt_sigprocmask", 14, 135],
	["rt_sigreturn", 15, 139],
	["rt_sigsuspend", 130, 133],
	["rt_sigpending", 127, 136],
	["rt_sigtimedwait", 128, 137],
	["sigaltstack", 131, 132],
	["restart_syscall", 219, 128],
	["set_robust_list", 273, 99],
	["set_tid_address", 218, 96],
	["rseq", 334, 293],
	["gettid", 186, 178],
	["getpid", 39, 172],
	["getppid", 110, 173],
	["getuid", 102, 174],
	["geteuid", 107, 175],
	["getgid", 104, 176],
	["getegid", 108, 177],
	["sched_getaffinity", 204, 123],
	["getcpu", 309, 168],
	["clock_gettime", 228, 113],
	["clock_getres", 229, 114],
	["clock_nanosleep", 230, 115],
	["nanosleep", 35, 101],
	["gettimeofday", 96, 169],
	["time", 201, null],
	["times", 100, 153],
	["getrandom", 318, 278],
	["sysinfo", 99, 179],
	["uname", 63, 160],
	["exit", 60, 93],
	["exit_group", 231, 94],
	["clone", 56, 220],
	["clone3", 435, 435],
	["tgkill", 234, 131],
	["prctl", 157, 167],
	["prlimit64", 302, 261],
];

const callsOf = (column: 1 | 2) =>
	new Map(CALLS.flatMap((row) => (row[column] === null ? [] : [[row[0], row[column]] as const])));

export const MACHINES = {
	x64: { arch: 0xc000003e, seccomp: 317, calls: callsOf(1) },
	arm64: { arch: 0xc00000b7, seccomp: 277, calls: callsOf(2) },
} as const satisfies Record<string, Machine>;

const CLONE_THREAD = 0x00010000;
/** Flags of namespaces: a user namespace makes its own root. */
const CLONE_NEW = 0x7e020000;
const PR_SET_NAME = 15;
/** Names for memory that others can read in /proc, nothing else. */
const PR_SET_VMA = 0x53564d41;
const RLIMIT_CPU = 0;

/**
 * The program for the kernel: what is on the list passes, everything else fails with EPERM.
 * @param pid This process, the only one it may signal.
 */
export function filterFor({ arch, calls }: Machine, pid: number): Instruction[] {
	const limited = limitedCalls(pid);
	const free = [...calls].filter(([name]) => !limited.has(name)).map(([, number]) => number);
	return [
		[LOAD, 0, 0, ARCHITECTURE],
		[EQUAL, 1, 0, arch],
		KILL_PROCESS,
		[LOAD, 0, 0, NUMBER],
		...free.flatMap((number): Instruction[] => [[EQUAL, 0, 1, number], ALLOW]),
		...[...limited].flatMap(([name, decision]): Instruction[] => {
			const number = calls.get(name);
			return number === undefined ? [] : [[EQUAL, 0, decision.length, number], ...decision];
		}),
		REFUSE,
	];
}

/** What decides about calls whose arguments matter. Each ends in a decision. */
function limitedCalls(pid: number): ReadonlyMap<string, readonly Instruction[]> {
	return new Map<string, readonly Instruction[]>([
		// Threads yes, processes and namespaces no.
		[
			"clone",
			[
				[LOAD, 0, 0, argument(0)],
				[HAS_BITS, 2, 0, CLONE_NEW],
				[HAS_BITS, 0, 1, CLONE_THREAD],
				ALLOW,
				REFUSE,
			],
		],
		// Its flags cannot be seen. Without it, the C library uses clone.
		["clone3", [NO_SUCH_CALL]],
		// The garbage collector stops its own threads by signals.
		["tgkill", [[LOAD, 0, 0, argument(0)], [EQUAL, 0, 1, pid], ALLOW, REFUSE]],
		[
			"prctl",
			[
				[LOAD, 0, 0, argument(0)],
				[EQUAL, 1, 0, PR_SET_NAME],
				[EQUAL, 0, 1, PR_SET_VMA],
				ALLOW,
				REFUSE,
			],
		],
		// Of its own limits it may read all, and set that of its processor time: see renewCpuTime.
		[
			"prlimit64",
			[
				[LOAD, 0, 0, argument(0)],
				[EQUAL, 0, 7, 0],
				[LOAD, 0, 0, argument(1)],
				[EQUAL, 4, 0, RLIMIT_CPU],
				[LOAD, 0, 0, argument(2)],
				[EQUAL, 0, 3, 0],
				[LOAD, 0, 0, upperHalf(2)],
				[EQUAL, 0, 1, 0],
				ALLOW,
				REFUSE,
			],
		],
	]);
}

/** The program as an array of struct sock_filter. */
export function encodeFilter(instructions: readonly Instruction[]): Uint8Array {
	const view = new DataView(new ArrayBuffer(instructions.length * 8));
	for (const [index, [code, yes, no, k]] of instructions.entries()) {
		view.setUint16(index * 8, code, true);
		view.setUint8(index * 8 + 2, yes);
		view.setUint8(index * 8 + 3, no);
		view.setUint32(index * 8 + 4, k >>> 0, true);
	}
	return new Uint8Array(view.buffer);
}
