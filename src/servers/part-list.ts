import { type Logger, messageOf } from "../kit/mod.ts";
import type { Part } from "./module.ts";

/** Something that is started and stopped, as a part. */
export function part(name: string, started: Required<Pick<Part, "start" | "stop">>): Part {
	return { name, start: () => started.start(), stop: () => started.stop() };
}

/** What a part does once the broker is up, as a part of its own. */
export function opened(before: Part): Part[] {
	if (before.opened === undefined) return [];
	return [{ name: `${before.name}, broker up`, start: () => before.opened?.() }];
}

/** Starts parts in their order, and stops in reverse those that run. */
export class PartList {
	readonly #parts: readonly Part[];
	readonly #log: Logger;
	readonly #finishTimeoutMs: number;
	readonly #running: Part[] = [];

	/** @param finishTimeoutMs Time parts get to finish what is in progress. */
	constructor(parts: readonly Part[], log: Logger, finishTimeoutMs: number) {
		this.#parts = parts;
		this.#log = log;
		this.#finishTimeoutMs = finishTimeoutMs;
	}

	/** When one fails, those before it and itself are stopped again. @throws what the part throws. */
	async start(): Promise<void> {
		for (const part of this.#parts) {
			this.#running.push(part);
			try {
				await part.start?.();
			} catch (error) {
				await this.stop();
				throw error;
			}
		}
	}

	/** All finish what is in progress, then each is stopped, whatever the others do. */
	async stop(): Promise<void> {
		const parts = this.#running.splice(0).reverse();
		await Promise.all(parts.map((part) => this.#attempt(part.name, () => this.#finish(part))));
		for (const part of parts) await this.#attempt(part.name, () => part.stop?.());
	}

	async #finish(part: Part): Promise<void> {
		const timer = Promise.withResolvers<void>();
		const timeout = setTimeout(() => {
			this.#log.warn("did not finish in time", {
				part: part.name,
				timeout_ms: this.#finishTimeoutMs,
			});
			timer.resolve();
		}, this.#finishTimeoutMs);
		try {
			await Promise.race([part.finish?.(), timer.promise]);
		} finally {
			clearTimeout(timeout);
		}
	}

	async #attempt(part: string, work: () => Promise<void> | void): Promise<void> {
		try {
			await work();
		} catch (error) {
			this.#log.error("cannot stop cleanly", { part, reason: messageOf(error) });
		}
	}
}
