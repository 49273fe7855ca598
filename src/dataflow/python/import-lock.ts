/** Thrown into the interpreter when user code reaches for the host; the engine is replaced after it. */
class RefusedImport extends Error {
	override readonly name = "RefusedImport";
}

/**
 * The host functions WebAssembly may still call once user code runs: conversion of texts and
 * numbers, clocks, and the file system in the interpreter's own memory. Everything else (objects
 * of the host's JavaScript, processes, sockets, dynamic linking) is refused.
 */
const ALLOWED = new Set([
	// Values crossing the boundary, without attribute access or calls on JavaScript objects.
	...["JsvError_Check", "Jsv_GetError_import", "new_error", "JsvUTF8ToString", "JsvNum_fromInt"],
	...["JsvNum_fromDouble", "JsvNum_toInt", "_python2js_ascii", "_python2js_ucs1"],
	...["_python2js_ucs2", "_python2js_ucs4", "js2python_js", "js2python_immutable_js"],
	...["js2python_convert", "JsvArray_New", "JsvArray_Get", "JsvArray_Check", "JsvArray_Push"],
	...["pyproxy_Check", "pyproxy_AsPyObject", "destroy_proxies", "destroy_proxies_js"],
	...["destroy_proxy", "gc_register_proxies", "get_suspender", "set_suspender"],
	...["JsvNoValue_Check", "_python2js_cache_lookup", "proxy_cache_get", "proxy_cache_set"],
	...["capture_stderr", "restore_stderr", "throw_no_gil", "JsvPromise_Check"],
	...["JsvBigInt_fromInt", "JsvBigInt_fromDigits", "Jsv_BigIntToNum", "hiwire_invalid_ref_js"],
	...["__hiwire_deduplicate_delete"],
	// The C runtime: clocks, memory growth, traps.
	...["_Py_emscripten_runtime", "_Py_CheckEmscriptenSignals_Helper", "_PyEM_TrampolineCall_JS"],
	...["emscripten_runtime_keepalive_push", "emscripten_runtime_keepalive_pop"],
	...["emscripten_date_now", "emscripten_get_now", "_tzset_js", "_timegm_js", "_mktime_js"],
	...["_localtime_js", "_gmtime_js", "emscripten_resize_heap", "emscripten_get_heap_max"],
	...["_abort_js", "__assert_fail", "exit", "__call_sighandler", "saveState", "restoreState"],
	...["_emscripten_runtime_keepalive_clear"],
	// The file system in memory.
	...["__syscall_fcntl64", "__syscall_openat", "__syscall_fstat64", "__syscall_stat64"],
	...["__syscall_newfstatat", "__syscall_lstat64", "__syscall_getcwd", "__syscall_getdents64"],
	...["__syscall_ioctl", "__syscall_faccessat", "__syscall_chdir", "__syscall_mkdirat"],
	...["__syscall_unlinkat", "__syscall_rmdir", "__syscall_renameat", "__syscall_readlinkat"],
	...["__syscall_dup", "__syscall_dup3", "__syscall_ftruncate64", "__syscall_poll"],
	...["__syscall_fchmod", "__syscall_chmod", "__syscall_fchmodat2", "__syscall_utimensat"],
	...["__syscall_statfs64", "__syscall_fstatfs64", "__syscall_truncate64", "__syscall_fchdir"],
	...["__syscall_fallocate", "__syscall_fadvise64", "__syscall_fdatasync", "_msync_js"],
	...["_mmap_js", "_munmap_js", "_try_fcntl64", "__syscall_getuid32_js", "__syscall_umask_js"],
]);

/**
 * What some imports answer instead of ending the engine: libraries probe for them, and each has a "no"
 * that becomes an exception in Python. For `_maybe_poll_async` it means "ask the file system".
 */
const REFUSALS: Readonly<Record<string, unknown>> = {
	can_run_sync_js: 0,
	_maybe_poll_async: null,
	_maybe_connect_async: null,
	_maybe_recvfrom_async: null,
	_maybe_sendto_async: null,
	_try_shutdown: 0,
	_dlopen_js: 0,
	_dlsym_js: 0,
	getprotobyname: 0,
	// EAI_FAIL
	getaddrinfo: -4,
	getnameinfo: -4,
	_setitimer_js: -28,
};

/** EINTR as a system call returns it: Python looks for signals then. */
const INTERRUPTED = -27;

/** Opening a compiled module and finding its functions. */
const DYNAMIC_LINKING = new Set(["_dlopen_js", "_dlsym_js"]);

/** How often a pause looks whether it is interrupted. */
const LOOK_MS = 10;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** ENOSYS of the interpreter's C library, negative as a system call returns it. */
const NO_SUCH_CALL = -52;

/**
 * The gate between the interpreter and the host: open while the engine sets itself up,
 * closed for good before the first line of user code.
 */
export class ImportLock {
	readonly #mayGrowTo: (bytes: number) => boolean;
	readonly #interrupt: Uint8Array;
	#closed = false;
	#isLoaded = (_handle: number) => false;

	/**
	 * @param mayGrowTo Whether the interpreter's memory may have so many bytes.
	 * @param interrupt Shared byte: not 0 when the running call is to end.
	 */
	constructor(mayGrowTo: (bytes: number) => boolean, interrupt: Uint8Array) {
		this.#mayGrowTo = mayGrowTo;
		this.#interrupt = interrupt;
	}

	/** Refuses from now on; nothing more can be compiled in this process either. */
	close(): void {
		this.#closed = true;
		const refuse = () => {
			throw new RefusedImport("WebAssembly");
		};
		Object.assign(WebAssembly, { Module: refuse, compile: refuse, instantiate: refuse });
	}

	/**
	 * Lets Python open compiled modules that are there already, by the address of the C library's record.
	 * @param isLoaded Whether a record is of such a module.
	 */
	admitLibraries(isLoaded: (handle: number) => boolean): void {
		this.#isLoaded = isLoaded;
	}

	/** The import of that name as WebAssembly gets to see it. */
	guard(name: string, host: CallableFunction): CallableFunction {
		if (name === "emscripten_resize_heap") {
			return (bytes: number) => (this.#mayGrowTo(bytes >>> 0) ? host(bytes) : 0);
		}
		if (name === "__syscall_poll")
			return (...values: unknown[]) => poll(this.#interrupt, host, values);
		if (ALLOWED.has(name) || name.startsWith("invoke_")) return host;
		return (...values: unknown[]) => {
			if (!this.#closed) return host(...values);
			if (DYNAMIC_LINKING.has(name) && this.#isLoaded(Number(values[0]) >>> 0))
				return host(...values);
			if (name in REFUSALS) return REFUSALS[name];
			if (isSystemCall(name)) return NO_SUCH_CALL;
			throw new RefusedImport(name);
		};
	}
}

/**
 * Files in memory are ready at once, and there is nothing else to wait for: without files it is a pause,
 * which the time limit ends.
 */
function poll(interrupt: Uint8Array, host: CallableFunction, values: unknown[]): unknown {
	const ready = host(...values);
	const timeoutMs = Number(values[2]);
	const end = performance.now() + (timeoutMs < 0 ? Infinity : timeoutMs);
	for (;;) {
		const left = end - performance.now();
		if (ready !== 0 || left <= 0) return ready;
		if (Atomics.load(interrupt, 0) !== 0) return INTERRUPTED;
		Atomics.wait(NEVER, 0, 0, Math.min(left, LOOK_MS));
	}
}

// These report an error to Python instead of ending the engine: libraries probe for them.
function isSystemCall(name: string): boolean {
	return name.startsWith("__syscall") || name === "_emscripten_system";
}
