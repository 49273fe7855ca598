import { ptr } from "bun:ffi";
import { openLibc } from "../../kit/mod.ts";

const MSG_DONTWAIT = 0x40;

const libc = openLibc({
	sched_yield: { args: [], returns: "i32" },
	recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
});

/**
 * Takes what is there without waiting: bytes in the buffer, 0 at the end of the stream, less when nothing is there. Then
 * others may have the processor first: what is polled for may have to come from them.
 */
export type Recv = () => number;

/**
 * @param descriptor A socket's.
 * @param buffer Where the bytes go; its memory must not move.
 * @returns undefined where the C library cannot be called.
 */
export function recvInto(descriptor: number, buffer: Buffer): Recv | undefined {
	const system = libc();
	if (system === undefined) return undefined;
	const [at, size] = [ptr(buffer), buffer.length];
	return () => {
		const got = system.recv(descriptor, at, size, MSG_DONTWAIT);
		if (got < 0) system.sched_yield();
		return got;
	};
}
