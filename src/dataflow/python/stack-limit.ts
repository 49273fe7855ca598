import { ptr } from "bun:ffi";
import { openLibc } from "../../kit/mod.ts";

const RLIMIT_STACK = 3;

const libc = openLibc({
	getrlimit: { args: ["i32", "ptr"], returns: "i32" },
	setrlimit: { args: ["i32", "ptr"], returns: "i32" },
});

/**
 * Starts a process with room for a stack of that size. The kernel takes the size from the process that starts a
 * process, so this one's own limit is another for that moment.
 * @param start Starts the process before it returns; called without the change where the system has none.
 */
export function withStackOf<T>(bytes: number, start: () => T): T {
	const limits = new BigUint64Array(2);
	const system = libc();
	if (system === undefined || system.getrlimit(RLIMIT_STACK, ptr(limits)) !== 0) return start();
	const [before = 0n, most = 0n] = limits;
	const wanted = BigInt(bytes) < most ? BigInt(bytes) : most;
	system.setrlimit(RLIMIT_STACK, ptr(new BigUint64Array([wanted, most])));
	try {
		return start();
	} finally {
		system.setrlimit(RLIMIT_STACK, ptr(new BigUint64Array([before, most])));
	}
}

/** The limit of this process's own stack in bytes; undefined where the system does not say, or sets none. */
export function ownStackBytes(): number | undefined {
	const limits = new BigUint64Array(2);
	if (libc()?.getrlimit(RLIMIT_STACK, ptr(limits)) !== 0) return undefined;
	const [bytes = 0n] = limits;
	return bytes < BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
}
