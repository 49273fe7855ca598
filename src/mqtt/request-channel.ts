import { setImmediate as turn } from "node:timers/promises";
import type { Logger } from "../kit/mod.ts";
import { addressText, type HostPort } from "./address-turns.ts";
import type { BrokenRules } from "./broken-rules.ts";
import { type AddressOptions, BrokerConnection } from "./broker-connection.ts";
import type { CallGuard } from "./call-guard.ts";
import { Incoming } from "./incoming.ts";
import { Losses } from "./losses.ts";
import type { MessageHandler, Qos } from "./port.ts";
import type { RetainedHashes } from "./retained-look.ts";
import { RetainedRequests } from "./retained-requests.ts";
import type { SubscriptionGrants } from "./subscription-grants.ts";

/** After so many rejected connections, while the broker is there, it does not keep sessions for us. */
const REFUSED = 3;

export interface RequestChannelOptions {
	/** The same over restarts: the broker keeps the session under it. Undefined: it keeps none. */
	readonly sessionId: string | undefined;
	/** How to connect to an address. */
	readonly connection: (address: HostPort) => AddressOptions;
}

export interface RequestChannelDeps {
	readonly log: Logger;
	readonly guard: CallGuard;
	readonly grants: SubscriptionGrants;
	readonly broken: BrokenRules;
	readonly retainedUnder: (filters: string[]) => Promise<RetainedHashes>;
	/** Connected, and subscribed to everything. */
	readonly onReady: () => void;
}

/**
 * The connection requests come over, with a session the broker keeps: what is sent while the server is away waits
 * there. Nothing else is subscribed to over it, since old data and old presence must not wait. It lives only beside
 * the connection for everything else.
 */
export class RequestChannel {
	readonly #options: RequestChannelOptions;
	readonly #deps: RequestChannelDeps;
	readonly #incoming = new Incoming();
	#clientId: string;
	readonly #delivered = new Set<number>();
	readonly #retained = new RetainedRequests();
	#address: HostPort | undefined;
	#connection: BrokerConnection | undefined;
	#isReady = false;
	#attempt = 0; // Tells a late event from one that counts.
	readonly #losses = new Losses();
	#reason = "";
	#retry: Timer | undefined;
	/** Handlers that have not been unsubscribed. */
	readonly #wanted = new Set<MessageHandler>();
	/** The end of the connection since the last of them was; undefined while there are any. */
	#idle: Promise<void> | undefined;
	#left: Promise<void> | undefined;
	#leaving: BrokerConnection | undefined;
	/** Whether the broker is asked to keep the session. */
	#isKept: boolean;
	#wasAccepted = false;

	constructor(options: RequestChannelOptions, deps: RequestChannelDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#isKept = options.sessionId !== undefined;
		this.#clientId = clientIdFor(options.sessionId);
	}

	/** Why requests may not be heard; undefined while they are. */
	get problem(): string | undefined {
		if (this.#losses.isContested(this.#connection?.livedMs ?? 0))
			return `another program uses this server's MQTT client id ${this.#clientId}`;
		if (this.#isReady || this.#address === undefined) return undefined;
		if (this.#idle !== undefined || this.#left !== undefined) return undefined;
		const why = this.#reason === "" ? "" : `: ${this.#reason}`;
		return `cannot reach the broker at ${addressText(this.#address)} for requests${why}`;
	}

	/** Connects, once the main connection to the same broker is there. */
	open(address: HostPort): void {
		if (this.#left !== undefined) return;
		this.#address = address;
		this.#losses.reset();
		this.#reason = "";
		if (this.#idle === undefined) this.#deps.guard.callback("connect", () => this.#connect())();
		else this.#deps.onReady();
	}

	/** The broker is lost: waits until it is opened again. */
	close(): void {
		this.#address = undefined;
		this.#drop()?.cut();
		this.#leaving?.cut();
	}

	/** Takes no more requests: what comes from now on waits for the next start, what has come is confirmed. */
	leave(): Promise<void> {
		this.#left ??= this.#idle ?? this.#goAway();
		return this.#left;
	}

	has(filter: string): boolean {
		return this.#incoming.has(filter);
	}

	async subscribe(filter: string, handler: MessageHandler): Promise<void> {
		const isFirst = !this.#incoming.has(filter);
		this.#incoming.add(filter, handler);
		this.#wanted.add(handler);
		if (this.#idle !== undefined) await this.#resume(this.#idle);
		else if (isFirst && this.#isReady && this.#connection !== undefined)
			await this.#ask(this.#connection, [filter]);
	}

	/**
	 * The broker is not told, since that would end what waits for us: what comes under a filter without handlers is
	 * dropped, and with the last handler of all filters the connection ends.
	 */
	async unsubscribe(filter: string, handler: MessageHandler): Promise<void> {
		if (!this.#wanted.delete(handler)) return;
		// At a stop all handlers are unsubscribed together: their requests have to wait for the next start, so none of
		// them is removed before the connection has ended.
		await turn();
		if (this.#wanted.size === 0) {
			this.#idle ??= this.#left ?? this.#goAway();
			await this.#idle;
		}
		if (this.#incoming.delete(filter, handler)) this.#deps.grants.drop(filter);
	}

	/** Connects again for a new handler, once the client id is free. */
	async #resume(idle: Promise<void>): Promise<void> {
		await idle;
		if (this.#idle !== idle) return;
		this.#idle = undefined;
		if (this.#left === undefined) await this.#connect();
	}

	async #goAway(): Promise<void> {
		const connection = this.#drop();
		this.#leaving = connection;
		if (connection?.isConnected) await connection.leave();
		else connection?.cut();
	}

	#drop(): BrokerConnection | undefined {
		clearTimeout(this.#retry);
		this.#attempt += 1;
		this.#isReady = false;
		const connection = this.#connection;
		this.#connection = undefined;
		return connection;
	}

	async #connect(): Promise<void> {
		this.#drop()?.cut();
		const attempt = this.#attempt;
		const address = this.#address;
		if (address === undefined) return;
		if (this.#isKept) {
			this.#retained.begin(await this.#deps.retainedUnder(this.#incoming.filters()));
		}
		if (attempt !== this.#attempt) return;
		const opened = await BrokerConnection.open(
			{
				...this.#options.connection(address),
				clientId: this.#clientId,
				clean: !this.#isKept,
				delivered: this.#delivered,
			},
			{
				onConnect: (opened, hadSession) => this.#onConnect(opened, hadSession),
				onClose: (...end) => this.#onClose(...end),
				// Also what comes while it is being left.
				onMessage: (...message) => this.#deliver(...message),
				takePlain: (topic, payload) => this.#incoming.deliverPlain(topic, payload),
			},
			this.#deps.guard,
		);
		if (attempt === this.#attempt) this.#connection = opened;
		else opened.cut();
	}

	#deliver(topic: string, payload: Uint8Array, retained: boolean, qos: Qos): void {
		const age = this.#retained.judge(topic, payload, retained);
		if (age !== "known") this.#incoming.deliver(topic, payload, age === "old", qos);
	}

	async #onConnect(connection: BrokerConnection, hadSession: boolean): Promise<void> {
		this.#wasAccepted = true;
		// Always all of them: an older version of this program may have left other ones.
		await this.#ask(connection, this.#incoming.filters());
		if (connection !== this.#connection || !connection.isConnected) return;
		this.#isReady = true;
		this.#reason = "";
		this.#deps.log.debug("receiving requests", {
			client_id: this.#clientId,
			session: hadSession ? "kept" : "new",
		});
		this.#deps.onReady();
	}

	async #ask(connection: BrokerConnection, filters: string[]): Promise<void> {
		const codes = await connection.subscribe(filters, 2);
		const address = this.#address;
		if (codes !== undefined && address !== undefined) {
			this.#deps.grants.take(filters, codes, addressText(address));
		}
	}

	#onClose(connection: BrokerConnection, reason: string, isBroken: boolean): void {
		if (connection !== this.#connection) return;
		if (isBroken && this.#address !== undefined)
			this.#deps.broken.name(reason, addressText(this.#address));
		this.#drop();
		this.#reason = reason;
		const seemsContested = this.#losses.add(connection.livedMs);
		const { count, pauseMs } = this.#losses;
		if (count === REFUSED && !this.#wasAccepted) this.#doWithoutSession(reason);
		if (seemsContested) {
			this.#deps.log.error(
				"connection for requests is lost repeatedly: is another server running with a copy of this database?",
				{ client_id: this.#clientId, broker: this.#address && addressText(this.#address), reason },
			);
		}
		const state = { client_id: this.#clientId, reason, next_try_ms: pauseMs };
		if (count === 1) this.#deps.log.warn("connection for requests lost, reconnecting", state);
		else this.#deps.log.debug("cannot open the connection for requests", state);
		const again = this.#deps.guard.callback("retry", () => this.#connect());
		this.#retry = setTimeout(again, pauseMs);
	}

	#doWithoutSession(reason: string): void {
		if (!this.#isKept) return;
		this.#isKept = false;
		this.#deps.log.warn(
			"broker rejects connections with a session: requests sent while the server is down will be lost",
			{ client_id: this.#clientId, reason },
		);
		this.#clientId = clientIdFor(undefined);
	}
}

/** Any broker takes 23 letters and digits (`MQTT 3.1.1 §3.1.3.1`). */
function clientIdFor(sessionId: string | undefined): string {
	return `iotctl${sessionId ?? crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
}
