import type { EventEmitter } from "node:events";
import { Aedes, type Client, type Subscription } from "aedes";
import { isUnrestricted } from "../auth/mod.ts";
import { type Logger, messageOf } from "../kit/mod.ts";
import type { CallGuard } from "../mqtt/mod.ts";
import type { Admission } from "./admission.ts";
import { ClientStream } from "./client-stream.ts";
import type { Connections } from "./connections.ts";
import type { Distribution } from "./distribution.ts";
import type { FastPath } from "./fast-path.ts";
import { Handshakes } from "./handshakes.ts";
import type { Login } from "./login.ts";
import type { MemoryPersistence } from "./memory-persistence.ts";
import { MessageBus } from "./message-bus.ts";
import type { PageOwners } from "./page-owners.ts";
import type { Routes } from "./routes.ts";
import type { SessionDelivery } from "./session-delivery.ts";
import type { SubscriptionLimits } from "./subscription-limits.ts";
import { fieldsOf, type TopicRights } from "./topic-rights.ts";

export interface AedesHooksDeps {
	readonly admission: Admission;
	readonly login: Login;
	readonly rights: TopicRights;
	readonly limits: SubscriptionLimits;
	readonly connections: Connections;
	readonly persistence: MemoryPersistence;
	readonly routes: Routes;
	readonly pages: PageOwners;
	readonly fastPath: FastPath;
	readonly distribution: Distribution;
	readonly sessionDelivery: SessionDelivery;
	readonly guard: CallGuard;
	readonly log: Logger;
}

/** aedes waits so long for a slow reader, which is dropped for the size of its queue much earlier. */
const DRAIN_TIMEOUT_MS = 60_000;

/** aedes, with what it asks and tells the rest of the broker. */
export class AedesHooks {
	readonly aedes: Aedes;
	readonly #deps: AedesHooksDeps;
	/** By client id, whom aedes has registered last. */
	readonly #registered = new Map<string, Client>();
	/** Messages of clients that went through aedes. */
	received = 0;

	/** @param connectTimeoutMs Time a connection gets to send CONNECT. */
	constructor(connectTimeoutMs: number, deps: AedesHooksDeps) {
		this.#deps = deps;
		const { persistence, rights, login, distribution } = deps;
		this.aedes = new Aedes({
			mq: new MessageBus((packet) => {
				// What aedes publishes about itself is not passed on.
				if (!packet.topic.startsWith(`$SYS/${this.aedes.id}/`)) distribution.deliver(packet);
			}),
			connectTimeout: connectTimeoutMs,
			drainTimeout: DRAIN_TIMEOUT_MS,
			// Packet ids are the limit, and the persistence's own of all clients: MQTT 3.1.1 tells no client of another.
			maxInflightInbound: 0,
			persistence,
			published: (_packet, client: Client | null, done) => {
				if (client?.conn instanceof ClientStream) {
					this.received += 1;
					client.conn.dealtWith();
				}
				done();
			},
			...rights.hooks,
			...login.hooks,
			preConnect: (client, packet, done) => {
				const { conn } = client;
				if (conn instanceof ClientStream) conn.keepAlive(packet.keepalive ?? 0);
				// aedes does not see most of what a client sends.
				packet.keepalive = 0;
				login.connecting(client, packet);
				done(null, true);
			},
		});
	}

	/** Clients that have logged in. */
	get connectedClients(): number {
		return this.#registered.size;
	}

	/** Begins to listen to aedes' events. */
	async start(): Promise<void> {
		const { limits, routes, connections, distribution, log } = this.#deps;
		this.#on("clientReady", (client: Client) => this.#onReady(client));
		this.#on("subscribe", (subscriptions: Subscription[], client: Client) => {
			const { conn } = client;
			if (!(conn instanceof ClientStream)) return undefined;
			conn.dealtWith();
			return distribution.subscribed(client, conn, subscriptions);
		});
		this.#on("unsubscribe", (filters: string[], client: Client) => {
			limits.remove(client, filters);
			routes.unsubscribed(client, filters);
			connections.unsubscribed(client, filters);
			if (client.conn instanceof ClientStream) client.conn.dealtWith();
		});
		this.#on("client", (client: Client) => this.#registered.set(client.id, client));
		this.#on("clientDisconnect", (client: Client) => {
			log.debug("client disconnected", fieldsOf(client));
			this.#unregistered(client);
		});
		this.#followFailures();
		await this.aedes.listen();
	}

	/** Resolves when all clients are closed. */
	close(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.aedes.close(resolve);
		return promise;
	}

	/** A connection was accepted: it is handed to aedes when it is admitted. */
	welcome(stream: ClientStream): void {
		const { admission, limits, login, routes, pages, connections } = this.#deps;
		admission.enter(stream, () => {
			const client = this.aedes.handle(stream);
			stream.once("close", () => {
				limits.forget(client);
				login.left(client);
				routes.left(client);
				connections.closed(client);
				pages.left(client);
			});
		});
	}

	#on<A extends unknown[]>(event: string, callback: (...given: A) => unknown): void {
		// aedes emits more than its types say.
		const events: EventEmitter = this.aedes;
		events.on(event, this.#deps.guard.callback(event, callback));
	}

	/** aedes forgets by client id, and another client may have taken that over while this one was closing. */
	#unregistered(client: Client): void {
		const current = this.#registered.get(client.id);
		if (current === client) this.#registered.delete(client.id);
		else if (current !== undefined) Reflect.set(clientsOf(this.aedes), client.id, current);
	}

	/** The client has its CONNACK. */
	#onReady(client: Client): Promise<void> | undefined {
		const { admission, login, connections, sessionDelivery, fastPath, routes, log } = this.#deps;
		const { conn } = client;
		log.debug("client connected", fieldsOf(client));
		const principal = login.of(client);
		connections.opened(client, principal?.kind === "device" ? principal.id : null);
		if (!(conn instanceof ClientStream)) return undefined;
		admission.connected(conn);
		const { queues, received } = this.#deps.persistence;
		const reader = routes.readerOf(client, conn);
		const handshakes = new Handshakes({ reader, queues, received, sessionDelivery });
		conn.openFastPath(fastPath, this.#arrivalOf(client), handshakes);
		return client.clean ? undefined : sessionDelivery.resume(reader);
	}

	/** What the fast path has to know of a client. */
	#arrivalOf(client: Client) {
		const { login, connections, rights } = this.#deps;
		const principal = login.of(client);
		const mayAll = principal !== undefined && isUnrestricted(principal);
		return {
			clientId: client.id,
			user: login.nameOf(client.id),
			connection: connections.of(client),
			mayPublish: mayAll ? undefined : (topic: string) => rights.mayPublish(client, topic),
		};
	}

	#followFailures(): void {
		const { log } = this.#deps;
		// aedes says it again for everything that was to be sent to it.
		const dropped = new WeakSet<Client>();
		this.#on("clientError", (client: Client, error: unknown) => {
			if (dropped.has(client)) return;
			dropped.add(client);
			log.warn("client dropped", { ...fieldsOf(client), reason: messageOf(error) });
		});
		this.#on("connectionError", (client: Client, error: unknown) =>
			log.warn("connection refused", { ...fieldsOf(client), reason: messageOf(error) }),
		);
		this.#on("error", (error: Error) =>
			log.error("broker failure", { reason: error.message, stack: error.stack }),
		);
	}
}

/** aedes' clients by their ids, which its types leave out. */
function clientsOf(aedes: object): object {
	const clients = "clients" in aedes ? aedes.clients : undefined;
	return typeof clients === "object" && clients !== null ? clients : {};
}
