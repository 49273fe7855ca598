import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENING = "0A";

/** What else to do about an MQTT port that is in use. */
export const USE_EXTERNAL =
	"to use another broker such as mosquitto, set broker = external in [core-mqtt]";

/**
 * The process that listens on a TCP port, as `"mosquitto" (pid 812)`; undefined when the system
 * does not tell (another user's process, no /proc).
 */
export function portOwner(port: number): string | undefined {
	try {
		const sockets = new Set(
			["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => socketsOf(table, port)),
		);
		const pid = readdirSync("/proc").find((entry) => /^\d+$/.test(entry) && holds(entry, sockets));
		if (pid === undefined) return undefined;
		return `"${readFileSync(`/proc/${pid}/comm`, "utf8").trim()}" (pid ${pid})`;
	} catch {
		return undefined;
	}
}

/** Inodes of the sockets listening on a port, from a table in the format of /proc/net/tcp. */
function socketsOf(table: string, port: number): string[] {
	return readFileSync(table, "utf8")
		.split("\n")
		.slice(1)
		.map((line) => line.trim().split(/\s+/))
		.filter((columns) => columns[3] === LISTENING)
		.filter((columns) => Number.parseInt(columns[1]?.split(":").at(-1) ?? "", 16) === port)
		.map((columns) => `socket:[${columns[9]}]`);
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
	try {
		const files = `/proc/${pid}/fd`;
		return readdirSync(files).some((file) => sockets.has(linkTarget(`${files}/${file}`)));
	} catch {
		return false;
	}
}

function linkTarget(path: string): string {
	try {
		return readlinkSync(path);
	} catch {
		return "";
	}
}
