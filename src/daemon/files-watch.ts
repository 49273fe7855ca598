import { type BigIntStats, stat } from "node:fs";
import { codeOf, type Logger } from "../kit/mod.ts";

/** What is put back is noticed well within two seconds. */
const LOOK_EVERY_MS = 1000;

export interface FilesWatchDeps {
	/** What must stay where it is, by path, in words. Those that do not exist at the start are not looked for. */
	readonly files: ReadonlyMap<string, string>;
	readonly log: Logger;
	/** Milliseconds between two looks. */
	readonly everyMs?: number;
}

/**
 * Notices that files of a running server were removed or replaced by others: to the server they are still there, but
 * what it writes into them is gone when it ends. Looks at inodes, so a file that is moved back is fine again.
 */
export class FilesWatch {
	readonly #deps: FilesWatchDeps;
	/** Device and inode of each file at the start. */
	readonly #known = new Map<string, string>();
	readonly #problems = new Map<string, string>();
	#timer: Timer | undefined;

	constructor(deps: FilesWatchDeps) {
		this.#deps = deps;
	}

	/** What is wrong at the moment, one text each. */
	get problems(): string[] {
		return [...this.#problems.values()];
	}

	async start(): Promise<void> {
		for (const path of this.#deps.files.keys()) {
			const found = await identityOf(path);
			if (found !== undefined && found !== "") this.#known.set(path, found);
		}
		this.#timer = setInterval(() => void this.look(), this.#deps.everyMs ?? LOOK_EVERY_MS);
		this.#timer.unref();
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Looks at all files now. */
	async look(): Promise<void> {
		for (const [path, known] of this.#known) {
			const found = await identityOf(path);
			if (found === undefined) continue;
			this.#note(path, found === known ? undefined : found === "" ? "removed" : "replaced");
		}
	}

	#note(path: string, change: "removed" | "replaced" | undefined): void {
		const { files, log } = this.#deps;
		const what = files.get(path) ?? "a file";
		const problem =
			change === undefined
				? undefined
				: `${what} "${path}" was ${change} while the server is running; put it back, or restart the server`;
		if (this.#problems.get(path) === problem) return;
		if (problem === undefined) {
			this.#problems.delete(path);
			log.info("server file is back in place", { path });
		} else {
			this.#problems.set(path, problem);
			log.error("server file was removed or replaced", { path, what, change });
		}
	}
}

/** Device and inode; empty when there is no such file; undefined when the system does not tell now. */
async function identityOf(path: string): Promise<string | undefined> {
	try {
		const { dev, ino } = await statOf(path);
		return `${dev}:${ino}`;
	} catch (error) {
		return ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "") ? "" : undefined;
	}
}

/** Without `node:fs/promises`, which nothing else loads at a start. */
function statOf(path: string): Promise<BigIntStats> {
	const { promise, resolve, reject } = Promise.withResolvers<BigIntStats>();
	stat(path, { bigint: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
	return promise;
}
