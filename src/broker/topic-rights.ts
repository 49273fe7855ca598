import type { Aedes, Client, PublishPacket, Subscription } from "aedes";
import { InvariantError, type Logger } from "../kit/mod.ts";
import type { CallGuard } from "../mqtt/mod.ts";
import { ClientStream } from "./client-stream.ts";
import type { Connections } from "./connections.ts";
import type { Authority, Login } from "./login.ts";
import { type MemoryPersistence, NO_FILTER } from "./memory-persistence.ts";
import type { PageOwners } from "./page-owners.ts";
import type { Retained } from "./retained.ts";
import type { Routes } from "./routes.ts";
import type { SubscriptionLimits } from "./subscription-limits.ts";

export interface TopicRightsDeps {
	readonly authority: Authority;
	readonly login: Login;
	readonly limits: SubscriptionLimits;
	readonly retained: Retained;
	readonly connections: Connections;
	readonly persistence: MemoryPersistence;
	readonly routes: Routes;
	readonly pages: PageOwners;
	readonly guard: CallGuard;
	readonly log: Logger;
}

/** No filter matches it. */
const NOWHERE = "$refused\0";

/** Which topics clients may use, asked by aedes at each message and each filter. */
export class TopicRights {
	readonly #deps: TopicRightsDeps;

	constructor(deps: TopicRightsDeps) {
		this.#deps = deps;
	}

	readonly hooks: Pick<Aedes, "authorizePublish" | "authorizeSubscribe"> = {
		authorizePublish: (client, packet, done) => {
			const { guard } = this.#deps;
			done(guard.answer("publish", () => this.#publishes(client, packet), FAILED));
		},
		authorizeSubscribe: (client, subscription, done) => {
			const { guard } = this.#deps;
			const isGranted = guard.answer("subscribe", () => this.#grants(client, subscription), false);
			done(null, isGranted ? subscription : null);
		},
	};

	mayPublish(client: Client, topic: string): boolean {
		const { login, authority } = this.#deps;
		const principal = login.of(client);
		return principal !== undefined && authority.mayPublish(principal, topic);
	}

	/** Whether a client may hear a topic now, whatever it was granted earlier. */
	mayHear(client: Client, topic: string): boolean {
		const principal = this.#deps.login.of(client);
		return principal !== undefined && this.#deps.authority.maySubscribe(principal, topic);
	}

	/** @returns null: MQTT 3.1.1 cannot refuse a message (§3.3.5), so it is confirmed and goes nowhere. */
	#publishes(client: Client | null, packet: PublishPacket): null {
		const { persistence, retained, connections, pages, log } = this.#deps;
		const { topic, payload } = packet;
		if (client === null) return null;
		// Sessions ask for it before aedes notes it itself.
		if (persistence.filters.hasNoLocal) Object.assign(packet, { clientId: client.id });
		if (topic.startsWith("$")) {
			// Not worth a warning: bridges report their state there (`MQTT 3.1.1 §4.7.2`).
			log.debug("message dropped: the topic is the broker's own", { client: client.id, topic });
			sendNowhere(packet);
			return null;
		}
		const isPrivate = pages.isPrivate(topic);
		if (!this.mayPublish(client, topic) || (isPrivate && !pages.mayUse(client, topic))) {
			this.#warn(client, "message dropped: its sender may not use the topic", { topic });
			sendNowhere(packet);
			return null;
		}
		// Others would hear it later on.
		if (isPrivate) packet.retain = false;
		if (packet.retain && !retained.hasRoomFor(topic, payload.length)) {
			const message = "message not retained: max-retained or max-retained-bytes reached";
			this.#warn(client, message, { topic });
		}
		connections.publishes(client, topic, payload);
		return null;
	}

	#grants(client: Client, subscription: Subscription): boolean {
		const { limits, persistence, connections, pages } = this.#deps;
		const { topic } = subscription;
		if (topic === NO_FILTER.topic) return false;
		// What a wildcard stands for is looked at when a message comes.
		const isOthers = pages.isPrivate(topic) && !pages.mayUse(client, topic);
		const mayHear = this.mayHear(client, topic) && !isOthers;
		const limit = mayHear ? limits.add(client, topic) : "not allowed";
		if (limit !== undefined) {
			const reason = limit === "not allowed" ? limit : `${limit} reached`;
			this.#warn(client, `subscription refused: ${reason}`, { filter: topic });
			// A session does not keep what its client may not hear any more.
			if (!client.clean) persistence.filters.remove(client.id, [topic]);
			return false;
		}
		this.#subscribed(client, subscription);
		connections.subscribed(client, topic);
		return true;
	}

	/** A filter was granted, or a session brought it along. */
	#subscribed(client: Client, { topic, qos, nl, rap }: Subscription): void {
		const { routes, persistence } = this.#deps;
		const { conn } = client;
		if (!(conn instanceof ClientStream)) return;
		routes.subscribed(client, conn, topic, {
			qos,
			noLocal: nl === true,
			keepsRetain: rap === true,
		});
		if (!client.clean) persistence.subscribed(client.id, { topic, qos, nl, rap });
	}

	#warn(client: Client, message: string, fields: Record<string, unknown>): void {
		this.#deps.log.warn(message, { ...fieldsOf(client), ...fields });
	}
}

const FAILED = new InvariantError("failed inside the server");

function sendNowhere(packet: PublishPacket): void {
	packet.topic = NOWHERE;
	packet.payload = "";
	packet.retain = false;
}

/** What log lines say of a client. */
export function fieldsOf(client: Client): { client: string; address: string } {
	const { conn } = client;
	return { client: client.id, address: conn instanceof ClientStream ? conn.remoteAddress : "" };
}
