import { type Cancel, type Clock, type Logger, messageOf } from "../kit/mod.ts";
import type { Spare } from "./descriptors.ts";

/** A place where connections come in. */
export interface Entrance {
	/** Takes no more connections; those that are open stay. */
	pause(): void;
	/** Takes connections again. @throws ListenError when the port is gone. */
	resume(): void;
}

export interface DescriptorWatchDeps {
	readonly entrances: readonly Entrance[];
	readonly spare: Pick<Spare, "fill" | "keep">;
	/** Descriptors the process may have; undefined: not known. */
	readonly limit: number | undefined;
	readonly clock: Clock;
	readonly log: Logger;
}

const LOOK_EVERY_MS = 500;
/** Given up when there are no others, so that the server's own work goes on. */
const KEPT = 16;
/** More than these have to be free before connections are taken again. */
const ROOM = 32;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** After so long without trouble the next pause is a short one again, and is said again. */
const CALM_MS = 60_000;

/**
 * Notices that the process is out of descriptors. Bun tries again and again to accept what it has no
 * descriptor for, at the cost of a whole core, so that connections are not taken until there is room.
 */
export class DescriptorWatch {
	readonly #deps: DescriptorWatchDeps;
	#cancel: Cancel | undefined;
	#problem: string | undefined;
	#pauseMs = FIRST_PAUSE_MS;
	#resumeAt = 0;
	#resumedAt = -Infinity;

	constructor(deps: DescriptorWatchDeps) {
		this.#deps = deps;
	}

	/** Why no connections are taken; undefined while they are. */
	get problem(): string | undefined {
		return this.#problem;
	}

	start(): void {
		this.#deps.spare.fill(KEPT);
		this.#plan();
	}

	stop(): void {
		this.#cancel?.();
		this.#deps.spare.keep(0);
	}

	#plan(): void {
		this.#cancel = this.#deps.clock.after(LOOK_EVERY_MS, () => {
			this.#look();
			this.#plan();
		});
	}

	#look(): void {
		const { spare, clock } = this.#deps;
		if (this.#problem === undefined) {
			if (spare.fill(KEPT + 1)) spare.keep(KEPT);
			else this.#pause();
		} else if (clock.now() >= this.#resumeAt) {
			const hasRoom = spare.fill(KEPT + ROOM);
			spare.keep(hasRoom ? KEPT : 0);
			if (hasRoom) this.#resume();
		}
	}

	#pause(): void {
		const { entrances, spare, limit, clock, log } = this.#deps;
		const isNew = clock.now() - this.#resumedAt > CALM_MS;
		this.#pauseMs = isNew ? FIRST_PAUSE_MS : Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
		this.#resumeAt = clock.now() + this.#pauseMs;
		const most = limit === undefined ? "" : ` (limit ${limit})`;
		this.#problem = `out of file descriptors${most}: not accepting new connections; raise the limit with ulimit -n, or LimitNOFILE of the service`;
		spare.keep(0);
		for (const entrance of entrances) entrance.pause();
		if (isNew) log.error("out of file descriptors: not accepting new connections", { limit });
	}

	#resume(): void {
		const { entrances, clock, log } = this.#deps;
		try {
			for (const entrance of entrances) entrance.resume();
		} catch (error) {
			this.#resumeAt = clock.now() + this.#pauseMs;
			log.error("cannot accept connections again", { reason: messageOf(error) });
			return;
		}
		this.#problem = undefined;
		this.#resumedAt = clock.now();
		log.info("file descriptors available again: accepting new connections");
	}
}
