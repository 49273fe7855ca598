import { type Logger, messageOf } from "../kit/mod.ts";
import type { MessageHandler } from "./port.ts";

/**
 * Stands between libraries' event loops and code they call. What such code throws, at once or later, must not
 * reach the library: aedes would never be told that a message is done and stop after ten thousand of them,
 * MQTT.js would stop in the middle of a packet. It is counted and logged instead.
 */
export class CallGuard {
	readonly #log: Logger;
	/** Calls that threw or were rejected. */
	failures = 0;

	constructor(log: Logger) {
		this.#log = log;
	}

	/** The handler as one that never throws. */
	handler(handler: MessageHandler): MessageHandler {
		return (message) => {
			try {
				const result: unknown = handler(message);
				if (result instanceof Promise) this.#watch(result, message.topic);
			} catch (error) {
				this.#failed(error, { topic: message.topic });
			}
		};
	}

	/** The callback as one that never throws. @param what Names it in the log. */
	callback<A extends unknown[]>(
		what: string,
		callback: (...given: A) => unknown,
	): (...given: A) => void {
		return (...given) => {
			try {
				const result = callback(...given);
				if (result instanceof Promise) result.catch((error) => this.#failed(error, { what }));
			} catch (error) {
				this.#failed(error, { what });
			}
		};
	}

	/** What the work gives, or `otherwise` where it fails. @param what Names it in the log. */
	answer<T>(what: string, work: () => T, otherwise: T): T {
		try {
			return work();
		} catch (error) {
			this.#failed(error, { what });
			return otherwise;
		}
	}

	#watch(result: Promise<unknown>, topic: string): void {
		result.catch((error) => this.#failed(error, { topic }));
	}

	#failed(error: unknown, fields: { topic: string } | { what: string }): void {
		this.failures += 1;
		this.#log.warn("handler failed", {
			...fields,
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
	}
}
