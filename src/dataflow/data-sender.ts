import { type Logger, messageOf } from "../kit/mod.ts";
import type { DataSink, Qos } from "../mqtt/mod.ts";

export interface DataSenderOptions {
	/** QoS of results; `auto`: that of the message that caused them (`csm.md §5.1`). */
	readonly dataQos: "auto" | Qos;
}

/** Of what a monitor shows (`csm.md §6`). */
const MONITOR_QOS = 2;

/** Hands messages to the broker and counts those it has not taken yet. */
export class DataSender {
	readonly #options: DataSenderOptions;
	readonly #broker: DataSink;
	readonly #log: Logger;
	#pending = 0;
	#onSettled: (() => void) | undefined;

	constructor(options: DataSenderOptions, broker: DataSink, log: Logger) {
		this.#options = options;
		this.#broker = broker;
		this.#log = log;
	}

	/** Messages the broker has not taken yet. */
	get pending(): number {
		return this.#pending;
	}

	/** Publishes a result; a failure is logged. @param qos Of the message that caused it. */
	sendResult(topic: string, json: string, qos: Qos): void {
		const { dataQos } = this.#options;
		this.#send(topic, json, dataQos === "auto" ? qos : dataQos);
	}

	/** Publishes a message of a monitor; a failure is logged. */
	sendRecord(topic: string, json: string): void {
		this.#send(topic, json, MONITOR_QOS);
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

	#send(topic: string, message: string, qos: Qos): void {
		const sent = this.#broker.publishData(topic, message, qos);
		if (sent === undefined) return;
		this.#pending += 1;
		void sent
			.catch((error) => this.#log.warn("cannot publish data", { topic, reason: messageOf(error) }))
			.then(() => {
				this.#pending -= 1;
				if (this.#pending === 0) this.#onSettled?.();
			});
	}
}
