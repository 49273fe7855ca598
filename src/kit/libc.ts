import { dlopen, type FFIFunction, type Library } from "bun:ffi";

/** Of glibc and of musl. */
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/**
 * Functions of the system's C library.
 * @param functions Their types, as `dlopen` of `bun:ffi` takes them.
 * @param names Files the library may be, in order of preference.
 * @returns a getter that opens it with its first call, and keeps it; it gives undefined where there is no Linux C
 * library with all of these functions.
 */
export function openLibc<F extends Record<string, FFIFunction>>(
	functions: F,
	names: readonly string[] = NAMES,
): () => Library<F>["symbols"] | undefined {
	let isOpened = false;
	let symbols: Library<F>["symbols"] | undefined;
	return () => {
		if (!isOpened) symbols = open(functions, names);
		isOpened = true;
		return symbols;
	};
}

function open<F extends Record<string, FFIFunction>>(
	functions: F,
	names: readonly string[],
): Library<F>["symbols"] | undefined {
	if (process.platform !== "linux") return undefined;
	for (const name of names) {
		try {
			return dlopen(name, functions).symbols;
		} catch {}
	}
	return undefined;
}
