import { hasWildcard } from "../kit/mod.ts";

/** What is to happen with the messages of a topic, worked out once. */
export interface CachedRoute {
	readonly topic: string;
	/** Topic as bytes, to find the route again without decoding. */
	readonly bytes: Buffer;
}

/** Beyond this those used least lately go: topics are the clients' to choose, and how long they are. */
const MAX_ROUTES = 50_000;
const MAX_TOPIC_BYTES = 4 << 20;

/**
 * Remembers the route of each topic until a change of filters concerns it. What is full becomes the older half, from which
 * a route comes back when it is used; the rest of it goes with the next time.
 */
export class RouteCache<R extends CachedRoute> {
	readonly #make: (topic: string) => R;
	#routes = new Map<string, R>();
	#older = new Map<string, R>();
	/** Of the topics in the newer half. */
	#bytes = 0;
	// A byte order mark belongs to the topic (`MQTT-1.5.3-3`).
	readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

	/** @param make Works a route out. */
	constructor(make: (topic: string) => R) {
		this.#make = make;
	}

	of(topic: string): R {
		return this.#known(topic) ?? this.#add(this.#make(topic));
	}

	/**
	 * The route of a topic that was not decoded yet.
	 * @param previous The sender's previous route: mostly it is the same topic again.
	 * @param isWanted Asked before a route is made; by default every topic is wanted.
	 * @returns undefined for what is not UTF-8 or not wanted.
	 */
	find(
		bytes: Uint8Array,
		previous: R | undefined,
		isWanted?: (topic: string) => boolean,
	): R | undefined {
		if (
			previous !== undefined &&
			this.#routes.get(previous.topic) === previous &&
			previous.bytes.equals(bytes)
		) {
			return previous;
		}
		let topic: string;
		try {
			topic = this.#decoder.decode(bytes);
		} catch {
			return undefined;
		}
		const known = this.#known(topic);
		if (known !== undefined) return known;
		return isWanted === undefined || isWanted(topic) ? this.#add(this.#make(topic)) : undefined;
	}

	/** A filter was added, changed or removed. */
	changed(filter: string): void {
		if (hasWildcard(filter)) {
			this.clear();
			return;
		}
		const route = this.#routes.get(filter);
		if (route !== undefined) this.#bytes -= route.bytes.length;
		this.#routes.delete(filter);
		this.#older.delete(filter);
	}

	/** Any filter may have changed. */
	clear(): void {
		this.#routes.clear();
		this.#older.clear();
		this.#bytes = 0;
	}

	#known(topic: string): R | undefined {
		const route = this.#routes.get(topic);
		if (route !== undefined || this.#older.size === 0) return route;
		const older = this.#older.get(topic);
		if (older === undefined) return undefined;
		this.#older.delete(topic);
		return this.#add(older);
	}

	#add(route: R): R {
		if (this.#routes.size >= MAX_ROUTES || this.#bytes >= MAX_TOPIC_BYTES) {
			this.#older = this.#routes;
			this.#routes = new Map();
			this.#bytes = 0;
		}
		this.#routes.set(route.topic, route);
		this.#bytes += route.bytes.length;
		return route;
	}
}
