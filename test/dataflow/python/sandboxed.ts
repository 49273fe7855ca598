// A process that shuts itself in as an engine does, then tries what it is told to by system calls, and
// says how each went: its result, or the name of its error.
import { dlopen, ptr, read } from "bun:ffi";
import { enterSandbox } from "../../../src/dataflow/python/sandbox.ts";

/**
 * A call's number and arguments; `victim` and `self` stand for process ids, other text
 * for a pointer to it (`zeros`: to nothing but zeros).
 */
type Attempt = [name: string, number: number, ...values: (number | string)[]];

const [attemptsText = "[]", victim = "0", memory = "64"] = process.argv.slice(2);
const attempts: Attempt[] = JSON.parse(attemptsText);
const kept: Buffer[] = [];
const system = dlopen("libc.so.6", {
	syscall: { args: ["i64", "u64", "u64", "u64", "u64", "u64"], returns: "i64" },
	__errno_location: { args: [], returns: "ptr" },
}).symbols;
const errno = system.__errno_location();
const ERRORS: Record<number, string> = { 1: "EPERM", 38: "ENOSYS" };

function argumentOf(value: number | string): bigint {
	if (typeof value === "number") return BigInt.asUintN(64, BigInt(value));
	if (value === "victim") return BigInt(victim);
	if (value === "self") return BigInt(process.pid);
	const data = Buffer.alloc(256);
	// siginfo_t of sigqueue(3): signal number 9, and a code that the kernel takes from any process.
	if (value === "siginfo") Buffer.from(new Int32Array([9, 0, -1]).buffer).copy(data);
	else if (value !== "zeros") data.write(value);
	kept.push(data);
	return BigInt(ptr(data));
}

const said: Record<string, string> = {
	sandbox: JSON.stringify(enterSandbox(Number(memory) << 20)),
};
for (const [name, number, ...values] of attempts) {
	const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n] = values.map(argumentOf);
	const result = Number(system.syscall(BigInt(number), a, b, c, d, e));
	const code = errno === null ? 0 : read.i32(errno);
	said[name] = result === -1 ? (ERRORS[code] ?? `error ${code}`) : "done";
}
process.stdout.write(JSON.stringify(said));
