import type { Connection, Qos } from "../mqtt/mod.ts";
import type { Distribution } from "./distribution.ts";
import type { Route, Routes } from "./routes.ts";

/** Levels of a topic, as many as aedes takes. */
const MAX_LEVELS = 100;

/** Where a client's messages come from; remembers the route of the last one. */
export interface Arrival {
	readonly clientId: string;
	/** The name it logged in with. */
	readonly user: string | null;
	readonly connection: Connection | null;
	/** Which topics it may use; undefined: all. */
	readonly mayPublish: ((topic: string) => boolean) | undefined;
	route: Route | undefined;
}

/**
 * The fast path, beside aedes: clients' messages that are not retained. Those of QoS 0 are handed on as the bytes that
 * came. What is retained, private or refused is not for it.
 */
export class FastPath {
	readonly #routes: Routes;
	readonly #distribution: Pick<Distribution, "forward">;
	/** Messages of clients that took it. */
	delivered = 0;
	/** Messages of QoS 0 readers got. */
	sent = 0;

	constructor(routes: Routes, distribution: Pick<Distribution, "forward">) {
		this.#routes = routes;
		this.#distribution = distribution;
	}

	/** The route of a topic a client publishes to; undefined when aedes has to look at it. */
	routeOf(topicBytes: Uint8Array, from: Arrival): Route | undefined {
		const route = this.#routes.find(topicBytes, from.route, isPlain);
		if (route === undefined) return undefined;
		if (route !== from.route) {
			// One that aedes asked for may be of a topic that is the broker's own.
			if (route.topic.startsWith("$") || route.isPrivate) return undefined;
			from.route = route;
		}
		return from.mayPublish === undefined || from.mayPublish(route.topic) ? route : undefined;
	}

	/** Delivers a message of QoS 0. */
	deliver(route: Route, payload: Uint8Array, frame: Uint8Array, from: Arrival): void {
		const { recipients, streams } = route;
		this.#handle(route, payload, 0, from);
		if (recipients.length === 0) return;
		const own = Buffer.from(frame);
		if (!route.hasNoLocal) {
			for (const stream of streams) stream.send(own);
			this.sent += streams.length;
			return;
		}
		for (const { reader, ownQos } of recipients) {
			if (ownQos < 0 && reader.client.id === from.clientId) continue;
			reader.stream.send(own);
			this.sent += 1;
		}
	}

	/** Delivers a message of QoS 1 or 2. */
	deliverConfirmed(route: Route, payload: Uint8Array, qos: Qos, from: Arrival): void {
		this.#handle(route, payload, qos, from);
		const { topic } = route;
		const { clientId } = from;
		this.#distribution.forward(route, { topic, payload, qos, retain: false, clientId });
	}

	#handle({ topic, handlers }: Route, payload: Uint8Array, qos: Qos, from: Arrival): void {
		this.delivered += 1;
		for (const handler of handlers) {
			const { clientId, user, connection } = from;
			handler({ topic, payload, retained: false, qos, clientId, user, connection });
		}
	}
}

/** Whether a client may publish to it past aedes. */
function isPlain(topic: string): boolean {
	if (topic === "" || topic.startsWith("$") || /[+#\0]/.test(topic)) return false;
	let levels = 1;
	for (let at = topic.indexOf("/"); at >= 0; at = topic.indexOf("/", at + 1)) levels += 1;
	return levels <= MAX_LEVELS;
}
