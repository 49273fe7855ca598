import { API_REQUESTS, uplinkOf } from "../contract/mod.ts";
import { type Logger, messageOf } from "../kit/mod.ts";
import type { BrokerMessage, BrokerSession } from "../mqtt/mod.ts";
import { handedTopic, partitionOfControl } from "./control-topics.ts";

export interface RouterDeps {
	readonly session: (filters: readonly string[]) => BrokerSession;
	readonly log: Logger;
}

const FILTERS = [uplinkOf("+"), `${API_REQUESTS}#`];

/**
 * Hands what devices and clients of APIs send, whose topics name no partition, to the partitions, in order: a message is
 * acknowledged behind the one that it became. It is one of the leased partitions, since of two each would hand on everything.
 * What a router that died had handed on comes again to the next one: the broker says so, with the same packet id, and each
 * message that is handed on carries both.
 */
export class Router {
	readonly session: BrokerSession;
	readonly #partitions: number;
	readonly #token: number;
	#handed = 0;
	readonly #log: Logger;

	/**
	 * @param partitions How many there are, without the router's.
	 * @param token Of its lease: no other router has it.
	 */
	constructor(partitions: number, token: number, { session, log }: RouterDeps) {
		this.#partitions = partitions;
		this.#token = token;
		this.#log = log;
		this.session = session(FILTERS);
		for (const filter of FILTERS) {
			void this.session.subscribe(filter, (message) => this.#handOn(message));
		}
		this.session.open();
	}

	#handOn({
		topic,
		payload,
		retained,
		qos,
		packetId = 0,
		isRepeated = false,
		done,
	}: BrokerMessage) {
		const partition = partitionOfControl(topic, this.#partitions);
		// A session that was kept has had it live, unless it is of QoS 0, and comes by it with each subscription.
		const isStored = retained && !this.session.isNew;
		// Requests were carried out when they were published.
		const isKnown = (isStored && qos > 0) || (retained && topic.startsWith(API_REQUESTS));
		if (!isKnown && partition !== undefined) {
			this.#handed += 1;
			const handed = { mark: `${this.#token}-${this.#handed}`, packetId, isRepeated, isStored };
			void this.session
				.publishData(handedTopic(partition, topic, handed), Buffer.from(payload), 1)
				?.catch((error) => this.#log.warn("cannot hand on", { topic, reason: messageOf(error) }));
		}
		done?.();
	}
}
