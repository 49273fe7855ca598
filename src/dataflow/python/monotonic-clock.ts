/** Its number in `clock_time_get` of WASI. */
const MONOTONIC = 1;
const WORD = 0x1_0000_0000;

/**
 * WASI's `clock_time_get` for Python, which asks it after each message. The one that comes with pyodide makes an object for
 * each number of 64 bits, three a call: half a microsecond.
 * @param host That one, for all clocks but the monotonic one.
 * @param memoryOf Python's memory, as soon as it is there.
 * @param now Milliseconds.
 */
export function monotonicClock(
	host: CallableFunction,
	memoryOf: () => WebAssembly.Memory | undefined,
	now: () => number = () => performance.now(),
): (id: number, precision: bigint, at: number) => unknown {
	let words = new Uint32Array(0);
	return (id, precision, at) => {
		const memory = id === MONOTONIC ? memoryOf() : undefined;
		if (memory === undefined) return host(id, precision, at);
		// Memory that grows gets a new buffer, and the array over the old one is empty from then on.
		if (words.length === 0) words = new Uint32Array(memory.buffer);
		const nanoseconds = Math.round(now() * 1e6);
		const index = at >>> 2;
		words[index] = nanoseconds;
		words[index + 1] = nanoseconds / WORD;
		return 0;
	};
}
