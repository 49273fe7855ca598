import type { Connection } from "../mqtt/mod.ts";
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
 * The fast path, beside aedes: QoS 0 publishes that are not retained, to readers that are connected. Bytes are
 * handed on as they came. Whatever needs more (retaining, confirming, queueing for sessions, refusing) is not for it.
 */
export class FastPath {
	readonly #routes: Routes;
	/** Messages of clients that took it. */
	delivered = 0;
	/** Messages readers got. */
	sent = 0;

	constructor(routes: Routes) {
		this.#routes = routes;
	}

	/** Delivers a client's message. @returns false when aedes has to do it. */
	deliver(topicBytes: Uint8Array, payload: Uint8Array, frame: Uint8Array, from: Arrival): boolean {
		const route = this.#routes.find(topicBytes, from.route, isPlain);
		if (route === undefined) return false;
		if (route !== from.route) {
			// One that aedes asked for may be of a topic that is the broker's own.
			if (route.topic.startsWith("$") || route.isPrivate) return false;
			from.route = route;
		}
		const { topic, recipients, streams } = route;
		if (from.mayPublish !== undefined && !from.mayPublish(topic)) return false;
		this.delivered += 1;
		for (const handler of route.handlers) {
			const { clientId, user, connection } = from;
			handler({ topic, payload, retained: false, clientId, user, connection });
		}
		if (recipients.length === 0) return true;
		const own = Buffer.from(frame);
		if (!route.hasNoLocal) {
			for (const stream of streams) stream.send(own);
			this.sent += streams.length;
			return true;
		}
		for (const { reader, ownQos } of recipients) {
			if (ownQos < 0 && reader.client.id === from.clientId) continue;
			reader.stream.send(own);
			this.sent += 1;
		}
		return true;
	}
}

/** Whether a client may publish to it past aedes. */
function isPlain(topic: string): boolean {
	if (topic === "" || topic.startsWith("$") || /[+#\0]/.test(topic)) return false;
	let levels = 1;
	for (let at = topic.indexOf("/"); at >= 0; at = topic.indexOf("/", at + 1)) levels += 1;
	return levels <= MAX_LEVELS;
}
