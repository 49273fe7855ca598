import { topicMatches, VERSION } from "../kit/mod.ts";
import type { RetainedMessage } from "./retained.ts";

/** What the broker counts, for its topics under `$SYS`. */
export interface SystemStats {
	/** Connections that have their CONNACK. */
	readonly connected: number;
	/** Sessions whose clients are away. */
	readonly away: number;
	/** PUBLISH packets of clients. */
	readonly received: number;
	/** PUBLISH packets to clients. */
	readonly sent: number;
	readonly retained: number;
	/** Messages that wait in sessions. */
	readonly waiting: number;
	readonly subscriptions: number;
}

/** So often what has changed is published, as mosquitto does by default (`sys_interval`). */
const EVERY_MS = 10_000;
const PREFIX = "$SYS/broker/";

/**
 * The broker's own topics, named and written as mosquitto's users know them (`mosquitto(8)`, "Broker status").
 * A client that subscribes gets their current values, and later the changed ones.
 */
export class SystemTopics {
	readonly #stats: () => SystemStats;
	readonly #publish: (message: RetainedMessage) => void;
	readonly #now: () => number;
	readonly #since: number;
	#maximum = 0;
	#published = new Map<string, string>();
	#timer: Timer | undefined;

	/** @param now Monotonic, milliseconds. */
	constructor(
		stats: () => SystemStats,
		publish: (message: RetainedMessage) => void,
		now: () => number = () => performance.now(),
	) {
		this.#stats = stats;
		this.#publish = publish;
		this.#now = now;
		this.#since = now();
	}

	start(): void {
		this.#timer = setInterval(() => this.#publishChanges(), EVERY_MS);
		this.#timer.unref();
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Those a filter matches, with their current values. */
	matching(filter: string): RetainedMessage[] {
		if (!filter.startsWith("$SYS")) return [];
		return this.#messages().filter(({ topic }) => topicMatches(filter, topic));
	}

	#publishChanges(): void {
		for (const message of this.#messages()) {
			const text = message.payload.toString();
			if (this.#published.get(message.topic) === text) continue;
			this.#published.set(message.topic, text);
			this.#publish(message);
		}
	}

	#messages(): (RetainedMessage & { readonly payload: Buffer })[] {
		const { connected, away, received, sent, retained, waiting, subscriptions } = this.#stats();
		this.#maximum = Math.max(this.#maximum, connected);
		const values: Record<string, string | number> = {
			version: `iotctl version ${VERSION}`,
			uptime: `${Math.floor((this.#now() - this.#since) / 1000)} seconds`,
			"clients/connected": connected,
			"clients/active": connected,
			"clients/disconnected": away,
			"clients/inactive": away,
			"clients/total": connected + away,
			"clients/maximum": this.#maximum,
			"messages/received": received,
			"messages/sent": sent,
			"messages/stored": retained + waiting,
			"publish/messages/received": received,
			"publish/messages/sent": sent,
			"store/messages/count": retained + waiting,
			"retained messages/count": retained,
			"subscriptions/count": subscriptions,
		};
		return Object.entries(values).map(([name, value]) => ({
			topic: PREFIX + name,
			payload: Buffer.from(String(value)),
			qos: 0,
		}));
	}
}
