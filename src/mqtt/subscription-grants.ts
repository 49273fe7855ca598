import type { Logger } from "../kit/mod.ts";
import type { Qos } from "./port.ts";

/** Filters that are named one by one. */
const MAX_NAMED = 3;

/** What another program's broker has granted of the subscriptions it was asked for (`MQTT 3.1.1 §3.9.3`). */
export class SubscriptionGrants {
	readonly #log: Logger;
	readonly #refused = new Set<string>();
	readonly #optional = new Set<string>();
	#maxQos: Qos = 2;
	#isKnown = false;
	#said: Qos = 2;

	constructor(log: Logger) {
		this.#log = log;
	}

	/** The highest QoS it is safe to publish with: some brokers close the connection when one is not supported. */
	get maxQos(): Qos {
		return this.#maxQos;
	}

	/** Whether the broker has answered a SUBSCRIBE for QoS 2 since it was connected to, so that {@link maxQos} is its own. */
	get isKnown(): boolean {
		return this.#isKnown;
	}

	/** Which subscriptions are refused; undefined when none is that the server needs. */
	get problem(): string | undefined {
		const [...refused] = this.#refused;
		if (refused.length === 0) return undefined;
		const more = refused.length - MAX_NAMED;
		const names = refused.slice(0, MAX_NAMED).join(", ");
		return `the broker refuses the subscription to ${names}${more > 0 ? ` and ${more} more` : ""}`;
	}

	/** From now on the server does without this one if it must. */
	allowRefusal(filter: string): void {
		this.#optional.add(filter);
	}

	/** Starts over, for a new connection. */
	forget(): void {
		this.#refused.clear();
		this.#maxQos = 2;
		this.#isKnown = false;
	}

	drop(filter: string): void {
		this.#refused.delete(filter);
		this.#optional.delete(filter);
	}

	/**
	 * Takes the answer to a SUBSCRIBE.
	 * @param codes Of the SUBACK, one for each filter: the granted QoS, or 0x80 for refused.
	 * @param broker Address for the log.
	 * @param asked The QoS it asked for.
	 */
	take(filters: readonly string[], codes: readonly number[], broker: string, asked: Qos = 2): void {
		const refused: string[] = [];
		for (const [n, filter] of filters.entries()) {
			const qos = qosOf(codes[n]);
			const mayFail = this.#optional.has(filter);
			if (qos === undefined && !mayFail) {
				this.#refused.add(filter);
				refused.push(filter);
			} else this.#refused.delete(filter);
			if (qos !== undefined && asked === 2 && !mayFail) this.#isKnown = true;
			const isLower = qos !== undefined && qos < asked && qos < this.#maxQos;
			if (isLower && !mayFail) this.#maxQos = qos;
		}
		if (refused.length > 0) {
			const named = refused.slice(0, MAX_NAMED);
			this.#log.error("broker refused subscriptions", {
				broker,
				filters: named,
				...(refused.length > MAX_NAMED && { more: refused.length - MAX_NAMED }),
			});
		}
		if (this.#maxQos === this.#said) return;
		this.#said = this.#maxQos;
		if (this.#maxQos === 2) return;
		this.#log.warn("broker does not grant QoS 2: using a lower one", {
			broker,
			qos: this.#maxQos,
		});
	}
}

function qosOf(code: number | undefined): Qos | undefined {
	return code === 0 || code === 1 || code === 2 ? code : undefined;
}
