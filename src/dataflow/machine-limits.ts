import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

const KIBIBYTE = 1024;

/**
 * Bytes of memory this process may use: the machine's, or the least limit of the control groups it is in (version 1 or
 * 2), whichever is smaller. Undefined where the system does not say.
 * @param root Where `/proc` and `/sys` are.
 */
export function memoryLimit(root = "/"): number | undefined {
	const total = /^MemTotal:\s+(\d+) kB/m.exec(textOf(join(root, "proc/meminfo")))?.[1];
	const limits = groupsOf(root, "memory").flatMap((directory) =>
		["memory.max", "memory.limit_in_bytes"].flatMap((file) => {
			const text = textOf(join(directory, file)).trim();
			return /^\d+$/.test(text) ? [Number(text)] : [];
		}),
	);
	if (total !== undefined) limits.push(Number(total) * KIBIBYTE);
	return limits.length === 0 ? undefined : Math.min(...limits);
}

/**
 * How many processors' time this process may use: the machine's, or the least quota of the control groups it is in,
 * which may be a fraction.
 * @param root Where `/proc` and `/sys` are.
 * @param machine Processors it may run on.
 */
export function processorLimit(root = "/", machine = availableParallelism()): number {
	const quotas = groupsOf(root, "cpu").map((directory) => {
		const text = (file: string) => textOf(join(directory, file));
		const both = text("cpu.max") || `${text("cpu.cfs_quota_us")} ${text("cpu.cfs_period_us")}`;
		const [quota = Number.NaN, period = Number.NaN] = both.trim().split(/\s+/).map(Number);
		// "max", or -1: none.
		return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
	});
	return Math.min(machine, ...quotas);
}

/** Directories of the group this process is in and of those above it, for a controller. */
function groupsOf(root: string, controller: string): string[] {
	const lines = textOf(join(root, "proc/self/cgroup")).split("\n");
	return lines.flatMap((line) => {
		const [, controllers, ...path] = line.split(":");
		if (controllers === undefined) return [];
		if (controllers === "") return directoriesUp(join(root, "sys/fs/cgroup"), path);
		if (!controllers.split(",").includes(controller)) return [];
		return directoriesUp(join(root, "sys/fs/cgroup", controller), path);
	});
}

/** In a container the path may be one of the host, which is not there: then only the top counts. */
function directoriesUp(top: string, path: readonly string[]): string[] {
	const directories: string[] = [];
	for (let at = join("/", path.join(":")); ; at = dirname(at)) {
		directories.push(join(top, at));
		if (at === "/") return directories;
	}
}

function textOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return "";
	}
}
