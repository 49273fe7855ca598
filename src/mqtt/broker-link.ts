import { growingPauseMs, type Logger } from "../kit/mod.ts";
import { AddressTurns, addressText, type HostPort, SHORT_MS } from "./address-turns.ts";
import type { BrokenRules } from "./broken-rules.ts";
import {
	type AddressOptions,
	BrokerConnection,
	type ConnectionEvents,
	withoutSession,
} from "./broker-connection.ts";
import type { CallGuard } from "./call-guard.ts";
import type { ExternalBrokerOptions } from "./external-options.ts";
import { BROKER_PAUSES } from "./losses.ts";

const YES = () => Promise.resolve(true);
/** Before it is asked again whether a client may return. */
const ASK_AGAIN_MS = 250;

export interface BrokerLinkEvents
	extends Pick<ConnectionEvents, "onMessage" | "takePlain" | "onConnect"> {
	/** The connection is lost, and will be tried again unless the link was closed. */
	onLost(): void;
}

export interface BrokerLinkDeps {
	readonly log: Logger;
	readonly guard: CallGuard;
	readonly broken: BrokenRules;
	readonly events: BrokerLinkEvents;
}

/** Keeps up the main connection to another program's broker: its addresses are tried in turn, with growing pauses. */
export class BrokerLink {
	readonly #options: ExternalBrokerOptions;
	readonly #deps: BrokerLinkDeps;
	readonly #turns: AddressTurns;
	#connection: BrokerConnection | undefined;
	/** In a row; a connection that a broken rule ended soon is one of them. */
	#failures = 0;
	/** Why the last connection ended, when the broker broke a rule. */
	#broken: { readonly broker: string; readonly reason: string } | undefined;
	#retry: Timer | undefined;
	#isClosed = false;

	constructor(options: ExternalBrokerOptions, deps: BrokerLinkDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#turns = new AddressTurns(options.addresses);
	}

	/** The current connection, accepted or not; undefined between two of them. */
	get connection(): BrokerConnection | undefined {
		return this.#connection;
	}

	/** The address in use, or tried next. */
	get address(): HostPort {
		return this.#turns.current;
	}

	/** All addresses, for people. */
	get text(): string {
		return this.#turns.text;
	}

	/** What is wrong while there is no connection that works, for people. */
	get problem(): string {
		if (this.#broken === undefined) return `cannot reach the broker at ${this.text}`;
		return `cannot reach the broker at ${this.#broken.broker}: ${this.#broken.reason}`;
	}

	optionsTo({ host, port }: HostPort): AddressOptions {
		const { clientName, scheme, ca, username, password } = this.#options;
		const { connectTimeoutMs } = this.#turns;
		return { clientName, scheme, ca, username, password, host, port, connectTimeoutMs };
	}

	/** Begins to connect. */
	async open(): Promise<void> {
		const { events, guard } = this.#deps;
		const drawn = withoutSession(this.optionsTo(this.#turns.current));
		const connection = await BrokerConnection.open(
			{ ...drawn, clientId: this.#options.single?.clientId ?? drawn.clientId },
			{
				onConnect: (...accepted) => events.onConnect(...accepted),
				onClose: (...end) => this.#onClose(...end),
				onMessage: (...message) => events.onMessage(...message),
				takePlain: (topic, payload) => events.takePlain(topic, payload),
			},
			guard,
		);
		if (this.#isClosed) connection.cut();
		else this.#connection = connection;
	}

	/** Connects no more; the current connection is the caller's to end. */
	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#retry);
	}

	/** Disconnects at once, and connects no more. */
	cut(): void {
		this.close();
		this.#connection?.cut();
		this.#connection = undefined;
	}

	#onClose(connection: BrokerConnection, reason: string, isBroken: boolean): void {
		if (connection !== this.#connection) return;
		const { log, events, broken } = this.#deps;
		const { livedMs } = connection;
		this.#connection = undefined;
		events.onLost();
		if (this.#isClosed) return;
		if (isBroken ? livedMs >= SHORT_MS : livedMs > 0) this.#failures = 0;
		this.#failures += 1;
		const broker = addressText(this.#turns.current);
		this.#broken = isBroken ? { broker, reason } : undefined;
		if (isBroken) broken.name(reason, broker);
		const isPause = this.#turns.lost(livedMs);
		const next = isPause ? growingPauseMs(this.#failures, BROKER_PAUSES, Math.random) : 0;
		const state = { broker, reason, attempt: this.#failures, next_try_ms: next };
		if (this.#failures === 1) log.error("broker connection lost, reconnecting", state);
		else log.warn("cannot reach broker", state);
		this.#returnIn(next);
	}

	#returnIn(ms: number): void {
		clearTimeout(this.#retry);
		this.#retry = setTimeout(
			this.#deps.guard.callback("retry", () => this.#return()),
			ms,
		);
	}

	/** Two programs that are one client would disconnect each other for ever. */
	async #return(): Promise<void> {
		const mayReturn = this.#options.single?.mayReturn ?? YES;
		const isAllowed = await mayReturn().catch(() => undefined);
		if (this.#isClosed) return;
		if (isAllowed === true) await this.open();
		if (isAllowed === undefined) this.#returnIn(ASK_AGAIN_MS);
	}
}
