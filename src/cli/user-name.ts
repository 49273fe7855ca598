import { readFileSync } from "node:fs";

/** The name of a user of this machine; `user 64123` where it has none that is written down. */
export function userName(uid: number): string {
	try {
		const line = readFileSync("/etc/passwd", "utf8")
			.split("\n")
			.find((entry) => entry.split(":")[2] === String(uid));
		return line?.split(":")[0] ?? `user ${uid}`;
	} catch {
		return `user ${uid}`;
	}
}
