import type { Logger } from "../kit/mod.ts";
import { addressText, type HostPort } from "./address-turns.ts";
import type { AddressOptions } from "./broker-connection.ts";
import { DataConnection, type DataConnectionEvents } from "./data-connection.ts";
import { Losses } from "./losses.ts";

/** After so many rejected connections, while the broker is there, it does not keep sessions for us. */
const REFUSED = 3;
/** So long a new one is allowed to open its session without asking: less than the shortest lease. */
const FRESH_MS = 500;
/** Before it is asked again whether a session may be opened, when there was no answer. */
const RETURN_PAUSE_MS = 200;

export interface DataLinkOptions {
	/** The same over restarts: the broker keeps the session under it. Undefined: it keeps none. */
	readonly sessionId: string | undefined;
	/** Whether a session is of use. */
	readonly wantsSession: boolean;
	/** Of a session that is not to be done without; undefined: it follows from {@link sessionId}. */
	readonly clientId?: string;
	/**
	 * Whether a session that was lost, or is opened late, may be opened: another program may have it by now. Asked again after
	 * a pause when it rejects.
	 */
	readonly mayReturn?: () => Promise<boolean>;
	/** Hears that the broker has lost a session that it had kept for this connection. */
	readonly onSessionLost?: () => void;
	/** How to connect to an address. */
	readonly connection: (address: HostPort) => AddressOptions;
}

export interface DataLinkEvents extends Pick<DataConnectionEvents, "onMessage" | "onId"> {
	/** Resolves when everything is subscribed to, or the connection is lost. */
	onConnect(connection: DataConnection, hadSession: boolean): Promise<void>;
	/** Connected, and subscribed to everything. */
	onReady(): void;
	/** The connection is gone. */
	onLost(): void;
	/** The broker does what MQTT 3.1.1 forbids. */
	onBroken(what: string): void;
}

/** Keeps up the connection for data, with its session, as long as the main connection to the same broker is there. */
export class DataLink {
	readonly #options: DataLinkOptions;
	readonly #events: DataLinkEvents;
	readonly #log: Logger;
	readonly #losses: Losses;
	#clientId: string;
	/** Whether the broker is asked to keep the session. */
	#isKept: boolean;
	#wasAccepted = false;
	#address: HostPort | undefined;
	#connection: DataConnection | undefined;
	#isReady = false;
	#isHeld = false;
	#left: Promise<void> | undefined;
	#leaving: DataConnection | undefined;
	#reason = "";
	#retry: Timer | undefined;
	/** A connection was asked for before. */
	#isReturning = false;
	readonly #madeAt = performance.now();
	/** Changes with each attempt to connect and each loss. */
	#attempt = 0;

	constructor(options: DataLinkOptions, events: DataLinkEvents, log: Logger) {
		this.#options = options;
		this.#events = events;
		this.#log = log;
		this.#losses = new Losses(options.mayReturn !== undefined);
		const { sessionId, clientId, wantsSession } = options;
		this.#isKept = clientId !== undefined || (sessionId !== undefined && wantsSession);
		this.#clientId = clientId ?? clientIdFor(sessionId);
	}

	/** The current connection, accepted or not; undefined between two of them. */
	get connection(): DataConnection | undefined {
		return this.#connection;
	}

	/** The broker's address, for people; empty while it cannot be reached. */
	get broker(): string {
		return this.#address === undefined ? "" : addressText(this.#address);
	}

	/** Whether it is connected, and subscribed to everything. */
	get isReady(): boolean {
		return this.#isReady;
	}

	/** Why data may not come; undefined while it does. */
	get problem(): string | undefined {
		if (this.#losses.isContested(this.#connection?.livedMs ?? 0))
			return `another program uses this server's MQTT client id ${this.#clientId}`;
		if (this.#isReady || this.#address === undefined || this.#isHeld) return undefined;
		if (this.#left !== undefined) return undefined;
		const why = this.#reason === "" ? "" : `: ${this.#reason}`;
		return `cannot reach the broker at ${this.broker} for data${why}`;
	}

	/** Connects, once the main connection to the same broker is there. */
	open(address: HostPort): void {
		if (this.#left !== undefined) return;
		this.#address = address;
		this.#losses.reset();
		this.#reason = "";
		this.#connect();
		// No one waits for what begins only when functions run.
		if (this.#isHeld) this.#events.onReady();
	}

	/** The broker is lost: waits until it is opened again. */
	close(): void {
		this.#address = undefined;
		this.#drop()?.cut();
		this.#leaving?.cut();
	}

	/** While it is held nothing is read, and no connection is opened: a session would send at once. */
	hold(isHeld: boolean): void {
		if (this.#isHeld === isHeld) return;
		this.#isHeld = isHeld;
		// One that is not accepted yet is paused then: whether it is has to be read.
		if (this.#connection?.isConnected) this.#connection.pause("held", isHeld);
		else if (this.#connection !== undefined) return;
		else if (!isHeld && this.#retry === undefined) this.#connect();
	}

	/** Sends what waits and disconnects. */
	leave(): Promise<void> {
		if (this.#left === undefined) {
			this.#leaving = this.#drop();
			this.#left = this.#leaving?.leave() ?? Promise.resolve();
		}
		return this.#left;
	}

	#connect(): void {
		this.#drop()?.cut();
		if (!this.#mayConnect) return;
		const { mayReturn } = this.#options;
		const isFresh = !this.#isReturning && performance.now() - this.#madeAt < FRESH_MS;
		if (mayReturn !== undefined && !isFresh) void this.#return(mayReturn);
		else this.#connectNow();
	}

	get #mayConnect(): boolean {
		return this.#address !== undefined && !this.#isHeld && this.#left === undefined;
	}

	async #return(mayReturn: () => Promise<boolean>): Promise<void> {
		const attempt = this.#attempt;
		const answer = await mayReturn().catch(() => undefined);
		if (attempt !== this.#attempt || !this.#mayConnect) return;
		if (answer === true) this.#connectNow();
		if (answer === undefined) this.#retry = setTimeout(() => this.#connect(), RETURN_PAUSE_MS);
	}

	#connectNow(): void {
		if (this.#address === undefined) return;
		this.#isReturning = true;
		const address = this.#options.connection(this.#address);
		const connectTimeoutMs = this.#losses.answerMs(address.connectTimeoutMs);
		this.#connection = new DataConnection(
			{ ...address, connectTimeoutMs, clientId: this.#clientId, clean: !this.#isKept },
			{
				onConnect: (connection, hadSession) => void this.#onConnect(connection, hadSession),
				onClose: (...end) => this.#onClose(...end),
				onMessage: (message) => this.#events.onMessage(message),
				onId: (type, id) => this.#events.onId(type, id),
			},
		);
	}

	#drop(): DataConnection | undefined {
		clearTimeout(this.#retry);
		this.#retry = undefined;
		this.#attempt += 1;
		this.#isReady = false;
		const connection = this.#connection;
		this.#connection = undefined;
		if (connection !== undefined) this.#events.onLost();
		return connection;
	}

	async #onConnect(connection: DataConnection, hadSession: boolean): Promise<void> {
		const fields = { client_id: this.#clientId };
		if (this.#isKept && !hadSession && this.#wasAccepted) {
			this.#log.warn("broker has lost the session for data, and what waited in it", fields);
			this.#options.onSessionLost?.();
		}
		this.#wasAccepted = true;
		if (this.#isHeld) connection.pause("held", true);
		await this.#events.onConnect(connection, hadSession);
		if (connection !== this.#connection || !connection.isConnected) return;
		this.#isReady = true;
		this.#reason = "";
		this.#log.debug("receiving data", { ...fields, session: hadSession ? "kept" : "new" });
		this.#events.onReady();
	}

	#onClose(connection: DataConnection, reason: string, isBroken: boolean): void {
		if (connection !== this.#connection) return;
		if (isBroken) this.#events.onBroken(reason);
		this.#drop();
		this.#reason = reason;
		const state = { client_id: this.#clientId, broker: this.broker, reason };
		if (this.#losses.add(connection.livedMs)) {
			// Whether that is a copy of this server is said of the connection for requests.
			this.#log.error("connection for data is lost repeatedly", state);
		}
		const { count, pauseMs } = this.#losses;
		if (count === REFUSED && !this.#wasAccepted) this.#doWithoutSession(reason);
		const told = { ...state, next_try_ms: pauseMs };
		// Of many sessions with one reason, the main connection says it.
		const isOne = this.#options.clientId === undefined;
		if (count === 1 && isOne) this.#log.warn("connection for data lost, reconnecting", told);
		else this.#log.debug("cannot open the connection for data", told);
		this.#retry = setTimeout(() => this.#connect(), pauseMs);
	}

	#doWithoutSession(reason: string): void {
		if (!this.#isKept || this.#options.clientId !== undefined) return;
		this.#isKept = false;
		this.#log.warn(
			"broker rejects connections with a session: data sent while the server is down will be lost",
			{ client_id: this.#clientId, reason },
		);
		this.#clientId = clientIdFor(undefined);
	}
}

/** Any broker takes 23 letters and digits (`MQTT 3.1.1 §3.1.3.1`). */
function clientIdFor(sessionId: string | undefined): string {
	return `iotctl${sessionId ?? crypto.randomUUID().replaceAll("-", "").slice(0, 16)}d`;
}
