import { hasWildcard } from "../kit/mod.ts";

/** What is to happen with the messages of a topic, worked out once. */
export interface CachedRoute {
	readonly topic: string;
	/** Topic as bytes, to find the route again without decoding. */
	readonly bytes: Buffer;
}

/** Beyond this the cache starts over: topics are the clients' to choose. */
const MAX_ROUTES = 20_000;

/** Remembers the route of each topic until a change of filters concerns it. */
export class RouteCache<R extends CachedRoute> {
	readonly #make: (topic: string) => R;
	readonly #routes = new Map<string, R>();
	// A byte order mark belongs to the topic (`MQTT-1.5.3-3`).
	readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

	/** @param make Works a route out. */
	constructor(make: (topic: string) => R) {
		this.#make = make;
	}

	of(topic: string): R {
		return this.#routes.get(topic) ?? this.#add(topic);
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
		const known = this.#routes.get(topic);
		if (known !== undefined) return known;
		return isWanted === undefined || isWanted(topic) ? this.#add(topic) : undefined;
	}

	/** A filter was added, changed or removed. */
	changed(filter: string): void {
		if (hasWildcard(filter)) this.#routes.clear();
		else this.#routes.delete(filter);
	}

	/** Any filter may have changed. */
	clear(): void {
		this.#routes.clear();
	}

	#add(topic: string): R {
		const route = this.#make(topic);
		if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
		this.#routes.set(topic, route);
		return route;
	}
}
