// A file system of its own in memory, to fill up or to make read-only.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "./programs.ts";

/** A mounted file system of `kibibytes`. Mounting needs to be allowed: see {@link canMount}. */
export class SmallDisk {
	readonly path = mkdtempSync(join(tmpdir(), "iotctl-disk-"));

	constructor(kibibytes: number) {
		try {
			run("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k,mode=0700`, "tmpfs", this.path);
		} catch (error) {
			rmdirSync(this.path);
			throw error;
		}
	}

	remount(mode: "ro" | "rw"): void {
		run("mount", "-o", `remount,${mode}`, this.path);
	}

	grow(kibibytes: number): void {
		run("mount", "-o", `remount,size=${kibibytes}k`, this.path);
	}

	dispose(): void {
		run("umount", "-l", this.path);
		rmdirSync(this.path);
	}
}

/** Whether this machine lets us mount. */
export function canMount(): boolean {
	try {
		new SmallDisk(64).dispose();
		return true;
	} catch {
		return needs(false, "only root may mount a small disk");
	}
}

function run(command: string, ...args: string[]): void {
	const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
	if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")}: ${stderr}`);
}
