import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const KIBIBYTE = 1024;

/**
 * Bytes of memory this process may use: the machine's, or the least limit of the control groups it is in (version 1 or
 * 2), whichever is smaller. Undefined where the system does not say.
 * @param root Where `/proc` and `/sys` are.
 */
export function memoryLimit(root = "/"): number | undefined {
	const total = /^MemTotal:\s+(\d+) kB/m.exec(textOf(join(root, "proc/meminfo")))?.[1];
	const limits = groupLimits(root);
	if (total !== undefined) limits.push(Number(total) * KIBIBYTE);
	return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Limits of the group this process is in and of those above it. */
function groupLimits(root: string): number[] {
	const lines = textOf(join(root, "proc/self/cgroup")).split("\n");
	return lines.flatMap((line) => {
		const [, controllers, ...path] = line.split(":");
		if (controllers === undefined) return [];
		if (controllers === "") return limitsUp(join(root, "sys/fs/cgroup"), path, "memory.max");
		if (!controllers.split(",").includes("memory")) return [];
		return limitsUp(join(root, "sys/fs/cgroup/memory"), path, "memory.limit_in_bytes");
	});
}

/** In a container the path may be one of the host, which is not there: then only the top counts. */
function limitsUp(top: string, path: readonly string[], file: string): number[] {
	const limits: number[] = [];
	for (let at = join("/", path.join(":")); ; at = dirname(at)) {
		const text = textOf(join(top, at, file)).trim();
		if (/^\d+$/.test(text)) limits.push(Number(text));
		if (at === "/") return limits;
	}
}

function textOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return "";
	}
}
