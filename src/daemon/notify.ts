import { ptr } from "bun:ffi";
import { ConfigError, LONGEST_TIMEOUT_MS, openLibc } from "../kit/mod.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
/** `sockaddr_un.sun_path` has room for so many bytes. */
const MAX_PATH_BYTES = 107;
/** The watchdog is fed twice as often as systemd wants, as its manual advises. */
const FEEDS_PER_TIMEOUT = 2;

const libc = openLibc({
	socket: { args: ["i32", "i32", "i32"], returns: "i32" },
	sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
	close: { args: ["i32"], returns: "i32" },
});

/** What the service manager hears: ready, what goes on, reloading, stopping, still alive (`sd_notify(3)`). */
export interface ServiceManager {
	/** Every line is `NAME=value`. */
	tell(...lines: string[]): void;
	/** How often {@link tell} has to say `WATCHDOG=1`, milliseconds; undefined without a watchdog. */
	readonly feedEveryMs: number | undefined;
	close(): void;
}

const NO_MANAGER: ServiceManager = { tell: () => {}, feedEveryMs: undefined, close: () => {} };

/**
 * The service manager that started this process, found as `sd_notify(3)` says; one that does nothing when there
 * is none.
 * @throws ConfigError when NOTIFY_SOCKET is not the address of a socket, or there is no C library to reach it with.
 */
export function serviceManager(env: Readonly<Record<string, string | undefined>>): ServiceManager {
	const { NOTIFY_SOCKET: path, WATCHDOG_USEC: timeout, WATCHDOG_PID: watched } = env;
	if (path === undefined || path === "") return NO_MANAGER;
	const address = addressOf(path);
	const system = libc();
	if (system === undefined) {
		throw new ConfigError(`Cannot use NOTIFY_SOCKET="${path}": no Linux C library found`);
	}
	const { socket, sendto, close } = system;
	const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const isWatched = watched === undefined || Number(watched) === process.pid;
	const timeoutMs = isWatched ? Number(timeout) / 1000 : Number.NaN;
	return {
		tell: (...lines) => {
			const message = Buffer.from(lines.join("\n"));
			// A manager that no longer listens must not make the server fail.
			sendto(descriptor, ptr(message), message.length, MSG_NOSIGNAL, ptr(address), address.length);
		},
		feedEveryMs:
			timeoutMs > 0 ? Math.min(timeoutMs / FEEDS_PER_TIMEOUT, LONGEST_TIMEOUT_MS) : undefined,
		close: () => {
			close(descriptor);
		},
	};
}

/** A `sockaddr_un`; a path that begins with "@" is in the abstract namespace. */
function addressOf(path: string): Buffer {
	const isAbstract = path.startsWith("@");
	const bytes = Buffer.from(isAbstract ? `\0${path.slice(1)}` : path);
	if ((!isAbstract && !path.startsWith("/")) || bytes.length > MAX_PATH_BYTES) {
		throw new ConfigError(
			`Cannot use NOTIFY_SOCKET="${path}": it is not the address of a unix socket`,
		);
	}
	const family = Buffer.alloc(2);
	family.writeUInt16LE(AF_UNIX);
	return Buffer.concat([family, bytes, Buffer.alloc(isAbstract ? 0 : 1)]);
}
