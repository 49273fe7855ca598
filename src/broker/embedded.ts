import type { EventEmitter } from "node:events";
import { Aedes, type AedesPublishPacket, type Client, type Subscription } from "aedes";
import { isUnrestricted } from "../auth/mod.ts";
import { coversFilter, type Logger, messageOf } from "../kit/mod.ts";
import {
	type Broker,
	type BrokerStats,
	CallGuard,
	type ConnectionListener,
	type MessageHandler,
	type PublishOptions,
} from "../mqtt/mod.ts";
import type { TlsKeys } from "../tls/mod.ts";
import { Admission, type AdmissionOptions } from "./admission.ts";
import { ClientStream } from "./client-stream.ts";
import { Connections } from "./connections.ts";
import { Distribution } from "./distribution.ts";
import { FastPath } from "./fast-path.ts";
import { KeptSessions } from "./kept-sessions.ts";
import type { Listener } from "./listener.ts";
import { type Authority, Login } from "./login.ts";
import { MemoryPersistence, type SessionLimits } from "./memory-persistence.ts";
import { MessageBus } from "./message-bus.ts";
import { Retained, type RetainedDisk, type RetainedOptions } from "./retained.ts";
import { Routes } from "./routes.ts";
import { NO_SESSION_DISK, type SessionDisk } from "./session-disk.ts";
import { SubscriptionLimits, type SubscriptionLimitsOptions } from "./subscription-limits.ts";
import { SystemTopics } from "./system-topics.ts";
import { TcpListener } from "./tcp-listener.ts";
import { fieldsOf, TopicRights } from "./topic-rights.ts";
import { WsListener } from "./ws-listener.ts";
import type { WsGate } from "./ws-session.ts";

export interface EmbeddedBrokerOptions {
	/** Address both listeners bind to. */
	bind: string;
	/** MQTT over TCP; 0 takes any free port. */
	port: number;
	/** MQTT over WebSocket; 0 takes any free port. */
	wsPort: number;
	/** The certificate of now, for each listener that encrypts. */
	tls: { mqtt: (() => TlsKeys) | undefined; ws: (() => TlsKeys) | undefined };
	/** Largest incoming packet, bytes. */
	maxPacketBytes: number;
	/** Bytes held for one client, in each direction, before it is disconnected. */
	maxClientQueueBytes: number;
	/** Time a connection gets to send CONNECT. */
	connectTimeoutMs: number;
	/** Time clients get to leave at stop, milliseconds. */
	stopTimeoutMs: number;
	admission: AdmissionOptions;
	subscriptions: SubscriptionLimitsOptions;
	sessions: SessionLimits;
	retained: RetainedOptions;
}

export interface EmbeddedBrokerDeps {
	readonly disk: RetainedDisk;
	/** Without one, persistent sessions end with the broker. */
	readonly sessionDisk?: SessionDisk;
	readonly authority: Authority;
	/** Which WebSockets may be opened. */
	readonly gate: WsGate;
	readonly log: Logger;
}

/** Clients get this long to confirm the last messages: at QoS 2 they use them only after that. */
const LINGER_MS = 200;
/** aedes waits so long for a slow reader, who is cut off by its queue's size much earlier. */
const DRAIN_TIMEOUT_MS = 60_000;

/** The built-in MQTT 3.1.1 broker: aedes behind our own listeners. */
export class EmbeddedBroker implements Broker {
	readonly #options: EmbeddedBrokerOptions;
	readonly #log: Logger;
	readonly #guard: CallGuard;
	readonly #aedes: Aedes;
	readonly #tcp: Listener;
	readonly #ws: Listener;
	readonly #admission: Admission;
	readonly #limits: SubscriptionLimits;
	readonly #retained: Retained;
	readonly #login: Login;
	readonly #sessions: KeptSessions;
	readonly #connections = new Connections();
	readonly #rights: TopicRights;
	readonly #state: MemoryPersistence;
	readonly #routes: Routes;
	readonly #fastPath: FastPath;
	readonly #distribution: Distribution;
	readonly #system: SystemTopics;
	/** Messages of clients that took the way through aedes. */
	#received = 0;

	constructor(options: EmbeddedBrokerOptions, deps: EmbeddedBrokerDeps) {
		const { disk, sessionDisk = NO_SESSION_DISK, authority, gate, log } = deps;
		this.#options = options;
		this.#log = log;
		this.#guard = new CallGuard(log);
		this.#admission = new Admission(options.admission, this.#log);
		this.#limits = new SubscriptionLimits(options.subscriptions);
		this.#retained = new Retained(options.retained, disk, log);
		const state = new MemoryPersistence(options.sessions, this.#retained, this.#log);
		this.#state = state;
		this.#routes = new Routes(state.filters);
		this.#fastPath = new FastPath(this.#routes);
		this.#login = new Login(authority, (clientId) => state.hasSession(clientId));
		this.#sessions = new KeptSessions({ state, login: this.#login, disk: sessionDisk, log });
		this.#system = new SystemTopics(
			() => this.#systemStats,
			(message) => this.#distribution.deliver({ ...message, retain: true }),
		);
		this.#distribution = new Distribution({
			routes: this.#routes,
			sessions: state.filters,
			queues: state.queues,
			retained: this.#retained,
			systemMessages: (filter) => this.#system.matching(filter),
			nameOf: (clientId) => this.#login.nameOf(clientId),
			mayHear: (client, topic) => this.#rights.mayHear(client, topic),
			connectionOf: (payload) => this.#connections.publisherOf(payload),
		});
		state.filters.onChange = () => this.#routes.sessionsChanged();
		authority.onTaken((owner, filter) => this.#endSubscriptions(owner, filter));
		state.onQueue = (sessions, packet) => this.#distribution.enqueue(sessions, packet);
		this.#rights = new TopicRights({
			authority,
			login: this.#login,
			limits: this.#limits,
			retained: this.#retained,
			connections: this.#connections,
			state,
			routes: this.#routes,
			guard: this.#guard,
			log,
		});
		this.#aedes = new Aedes({
			mq: new MessageBus((packet) => this.#deliver(packet)),
			connectTimeout: options.connectTimeoutMs,
			drainTimeout: DRAIN_TIMEOUT_MS,
			// Packet ids are the limit, and the state's own of all clients: MQTT 3.1.1 tells no client of another.
			maxInflightInbound: 0,
			persistence: state,
			published: (_packet, client: Client | null, done) => {
				if (client?.conn instanceof ClientStream) {
					this.#received += 1;
					client.conn.dealtWith();
				}
				done();
			},
			...this.#rights.hooks,
			...this.#login.hooks,
		});
		const common = {
			host: options.bind,
			maxQueueBytes: options.maxClientQueueBytes,
			maxPacketBytes: options.maxPacketBytes,
			connectTimeoutMs: options.connectTimeoutMs,
			onClient: (stream: ClientStream) => this.#welcome(stream),
		};
		this.#tcp = new TcpListener({ ...common, port: options.port, tls: options.tls.mqtt });
		this.#ws = new WsListener({
			...common,
			port: options.wsPort,
			tls: options.tls.ws,
			gate,
			onRefused: (reason, address) => this.#log.warn("WebSocket refused", { reason, address }),
		});
	}

	/** The TCP port in use. */
	get port(): number {
		return this.#tcp.port;
	}

	/** The WebSocket port in use. */
	get wsPort(): number {
		return this.#ws.port;
	}

	/** It lives in this process: there are no outages. */
	get problem(): undefined {
		return undefined;
	}

	get stats(): BrokerStats {
		return {
			clients: this.#admission.connections,
			received: this.#received + this.#fastPath.delivered,
			retained: this.#retained.size,
			subscriptions: this.#limits.total,
		};
	}

	get handlerFailures(): number {
		return this.#guard.failures;
	}

	onReconnect(): void {}

	followConnections(listener: ConnectionListener): boolean {
		this.#connections.follow(listener);
		return true;
	}

	async start(): Promise<void> {
		this.#retained.start();
		this.#sessions.start();
		this.#followClients();
		this.#system.start();
		await this.#aedes.listen();
		try {
			this.#tcp.start();
			this.#ws.start();
		} catch (error) {
			await this.stop();
			throw error;
		}
	}

	async stop(): Promise<void> {
		this.#connections.unfollow();
		this.#tcp.stopAccepting();
		this.#ws.stopAccepting();
		if (this.#admission.connections > 0) await Bun.sleep(LINGER_MS);
		const { promise, resolve } = Promise.withResolvers<void>();
		const deadline = setTimeout(resolve, this.#options.stopTimeoutMs);
		this.#aedes.close(resolve);
		await promise;
		clearTimeout(deadline);
		this.#tcp.stop();
		this.#ws.stop();
		this.#system.stop();
		await this.#retained.stop();
		await this.#sessions.stop();
	}

	/** Takes no more connections until {@link resume}; clients stay. */
	pause(): void {
		this.#tcp.pause();
		this.#ws.pause();
	}

	/** Takes connections again. @throws ListenError when a port is gone. */
	resume(): void {
		this.#tcp.resume();
		this.#ws.resume();
	}

	renewCertificate(): void {
		this.#tcp.renew();
		this.#ws.renew();
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const packet = {
			cmd: "publish" as const,
			topic,
			payload: typeof payload === "string" ? payload : Buffer.from(payload),
			qos: options.qos,
			retain: options.retain ?? false,
			dup: false,
		};
		this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
		return promise;
	}

	publishData(topic: string, payload: string): Promise<void> | undefined {
		this.#distribution.publish(topic, payload, 2);
		return undefined;
	}

	async subscribe(filter: string, handler: MessageHandler): Promise<void> {
		this.#routes.listen(filter, this.#guard.handler(handler));
	}

	async unsubscribe(filter: string): Promise<void> {
		this.#routes.unlisten(filter);
	}

	/** What aedes publishes about itself is for nobody. */
	#deliver(packet: AedesPublishPacket): void {
		if (!packet.topic.startsWith(`$SYS/${this.#aedes.id}/`)) this.#distribution.deliver(packet);
	}

	get #systemStats() {
		return {
			connected: this.#aedes.connectedClients,
			away: this.#state.sessionsAway,
			received: this.#received + this.#fastPath.delivered,
			sent: this.#distribution.sent + this.#fastPath.sent,
			retained: this.#retained.size,
			waiting: this.#state.queues.size,
			subscriptions: this.#limits.total,
		};
	}

	#welcome(stream: ClientStream): void {
		this.#admission.enter(stream, () => {
			const client = this.#aedes.handle(stream);
			stream.once("close", () => {
				this.#limits.forget(client);
				this.#login.left(client);
				this.#routes.left(client);
				this.#connections.closed(client);
			});
		});
	}

	#followClients(): void {
		// aedes emits "error" too, but its types leave it out.
		const events: EventEmitter = this.#aedes;
		const on = <A extends unknown[]>(event: string, callback: (...given: A) => unknown) =>
			events.on(event, this.#guard.callback(event, callback));
		on("clientReady", (client: Client) => {
			const { conn } = client;
			this.#log.debug("client connected", fieldsOf(client));
			const principal = this.#login.of(client);
			this.#connections.opened(client, principal?.kind === "device" ? principal.id : null);
			if (conn instanceof ClientStream) {
				this.#admission.connected(conn);
				conn.openFastPath(this.#fastPath, this.#arrivalOf(client), client.clean);
				if (!client.clean) return this.#distribution.resume(client, conn);
			}
			return undefined;
		});
		on("unsubscribe", (filters: string[], client: Client) => {
			this.#limits.remove(client, filters);
			this.#routes.unsubscribed(client, filters);
			this.#connections.unsubscribed(client, filters);
			if (client.conn instanceof ClientStream) client.conn.dealtWith();
		});
		on("subscribe", (subscriptions: Subscription[], client: Client) => {
			const { conn } = client;
			if (!(conn instanceof ClientStream)) return undefined;
			conn.dealtWith();
			return this.#distribution.subscribed(client, conn, subscriptions);
		});
		on("clientDisconnect", (client: Client) => this.#log.debug("client left", fieldsOf(client)));
		// aedes says it again for everything that was to be sent to it.
		const cutOff = new WeakSet<Client>();
		on("clientError", (client: Client, error: unknown) => {
			if (cutOff.has(client)) return;
			cutOff.add(client);
			this.#warn(client, "client cut off", { reason: messageOf(error) });
		});
		on("connectionError", (client: Client, error: unknown) =>
			this.#warn(client, "connection refused", { reason: messageOf(error) }),
		);
		on("error", (error: Error) =>
			this.#log.error("broker failure", { reason: error.message, stack: error.stack }),
		);
	}

	/** Subscriptions end that rest on a grant which was taken; their clients stay. */
	#endSubscriptions(owner: string, taken: string): void {
		// Asked here, once a change of grants: messages on their way are not looked at.
		for (const client of this.#login.clientsOf(owner)) {
			const ended = this.#routes
				.filtersOf(client)
				.filter((filter) => coversFilter(taken, filter) && !this.#rights.mayHear(client, filter));
			this.#limits.remove(client, ended);
			this.#routes.unsubscribed(client, ended);
		}
		for (const clientId of this.#login.clientIdsOf(owner)) {
			const ended = this.#state.filters
				.of(clientId)
				.map(({ topic }) => topic)
				.filter((filter) => coversFilter(taken, filter) && !this.#login.mayHear(clientId, filter));
			if (ended.length > 0) this.#state.removeSubscriptions({ id: clientId }, ended);
		}
	}

	disconnectRevoked(owner?: string): void {
		for (const client of this.#login.revoked(owner)) {
			this.#warn(client, "client cut off: its login does not hold any more", {});
			client.close();
		}
		for (const clientId of this.#login.orphans(owner)) this.#state.endSession(clientId);
	}

	/** What the short way has to know of a client; admins may use every topic, so nobody asks. */
	#arrivalOf(client: Client) {
		const principal = this.#login.of(client);
		const mayAll = principal !== undefined && isUnrestricted(principal);
		return {
			clientId: client.id,
			user: this.#login.nameOf(client.id),
			connection: this.#connections.of(client),
			mayPublish: mayAll ? undefined : (topic: string) => this.#rights.mayPublish(client, topic),
		};
	}

	#warn(client: Client, message: string, fields: Record<string, unknown>): void {
		this.#log.warn(message, { ...fieldsOf(client), ...fields });
	}
}
