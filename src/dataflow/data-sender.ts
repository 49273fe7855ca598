import { type Logger, messageOf } from "../kit/mod.ts";
import type { DataSink } from "../mqtt/mod.ts";

/** Hands messages to the broker and counts those it has not taken yet. */
export class DataSender {
	readonly #broker: DataSink;
	readonly #log: Logger;
	#pending = 0;
	#onSettled: (() => void) | undefined;

	constructor(broker: DataSink, log: Logger) {
		this.#broker = broker;
		this.#log = log;
	}

	/** Messages the broker has not taken yet. */
	get pending(): number {
		return this.#pending;
	}

	/** Publishes one message; a failure is logged. */
	send(topic: string, message: string): void {
		const sent = this.#broker.publishData(topic, message);
		if (sent === undefined) return;
		this.#pending += 1;
		void sent
			.catch((error) => this.#log.warn("cannot publish data", { topic, reason: messageOf(error) }))
			.then(() => {
				this.#pending -= 1;
				if (this.#pending === 0) this.#onSettled?.();
			});
	}

	/** Resolves when the broker has taken every message, or after `timeoutMs`. */
	async settle(timeoutMs: number): Promise<void> {
		if (this.#pending === 0) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#onSettled = resolve;
		const timer = setTimeout(resolve, timeoutMs);
		await promise;
		clearTimeout(timer);
	}
}
