import type { Logger } from "../kit/mod.ts";
import { AddressTurns, addressText, type HostPort } from "./address-turns.ts";
import { BrokerConnection, type ConnectionOptions } from "./broker-connection.ts";
import { CallGuard } from "./call-guard.ts";
import type { ExternalBrokerOptions } from "./external-options.ts";
import { HandlerTable } from "./handler-table.ts";
import { pauseMs } from "./pause.ts";
import type {
	Broker,
	BrokerStats,
	MessageHandler,
	PublishOptions,
	SubscribeOptions,
} from "./port.ts";
import { plainFrame } from "./publish-frame.ts";
import { RequestChannel } from "./request-channel.ts";
import { RetainedLook } from "./retained-look.ts";
import { Grants } from "./subscription-grants.ts";
import { Unsent, type Way } from "./unsent.ts";

const LONGEST_PAUSE_MS = 15_000;
/** Unconfirmed data in the connection. */
const MAX_UNSENT_BYTES = 16 << 20;

/**
 * A broker that is another program, reached with MQTT.js. It may come and go: subscriptions are
 * renewed, messages wait within a limit, and the log says when it is lost and when it is back.
 * Requests come over a connection of their own (see RequestChannel).
 */
export class ExternalBroker implements Broker {
	readonly #options: ExternalBrokerOptions;
	readonly #log: Logger;
	readonly #guard: CallGuard;
	readonly #grants: Grants;
	readonly #requests: RequestChannel;
	readonly #turns: AddressTurns;
	readonly #unsent: Unsent;
	readonly #handlers = new HandlerTable();
	readonly #reconnectListeners: (() => void)[] = [];
	#connection: BrokerConnection | undefined;
	/** Connected, and subscribed to everything. */
	#isReady = false;
	#wasReady = false;
	readonly #look = new RetainedLook();
	#failures = 0;
	#retry: Timer | undefined;
	#stopping = false;
	readonly #started = Promise.withResolvers<void>();

	constructor(options: ExternalBrokerOptions, log: Logger) {
		this.#options = options;
		this.#log = log;
		this.#guard = new CallGuard(log);
		this.#grants = new Grants(log);
		this.#turns = new AddressTurns(options.addresses);
		this.#unsent = new Unsent(options, () => this.#way());
		this.#requests = new RequestChannel(
			{ sessionId: options.sessionId, connection: (address) => this.#connectionTo(address) },
			{
				log,
				guard: this.#guard,
				grants: this.#grants,
				retainedUnder: (filters) => this.#look.under(filters, this.#connection),
				onReady: () => this.#started.resolve(),
			},
		);
	}

	onReconnect(listener: () => void): void {
		this.#reconnectListeners.push(this.#guard.callback("reconnect", listener));
	}

	/** Other programs' connections are not to be seen from here. */
	followConnections(): boolean {
		return false;
	}

	get problem(): string | undefined {
		if (!this.#isReady || !this.#connection?.isConnected)
			return `the broker at ${this.#turns.text} is not reached`;
		return this.#grants.problem ?? this.#requests.problem;
	}

	get stats(): BrokerStats {
		return { clients: null, received: null, retained: null, subscriptions: null };
	}

	get handlerFailures(): number {
		return this.#guard.failures;
	}

	/** Its logins and certificates are its own matter. */
	disconnectRevoked(): void {}

	renewCertificate(): void {}

	/** Connects; goes on without the broker when it does not answer in time, and keeps trying. */
	async start(): Promise<void> {
		const { scheme, startTimeoutMs } = this.#options;
		const timer = setTimeout(() => {
			const broker = `${scheme}://${this.#turns.text}`;
			this.#log.error("broker does not answer; starting without it", { broker });
			this.#started.resolve();
		}, startTimeoutMs);
		await this.#connect();
		await this.#started.promise;
		clearTimeout(timer);
	}

	async stop(): Promise<void> {
		this.#stopping = true;
		clearTimeout(this.#retry);
		const connection = this.#connection;
		const { promise, resolve } = Promise.withResolvers<void>();
		const deadline = setTimeout(() => {
			connection?.cut();
			this.#requests.close();
			resolve();
		}, this.#options.stopTimeoutMs);
		const leave = () => {
			this.#isReady = false;
			void connection?.end().then(resolve);
		};
		if (connection === undefined) resolve();
		else if (this.#isReady && !this.#unsent.isEmpty) this.#unsent.onAllSent(leave);
		else leave();
		await Promise.all([promise, Promise.race([this.#requests.leave(), promise])]);
		clearTimeout(deadline);
		this.#unsent.rejectAll(new Error("the server stops"));
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		return this.#unsent.add(topic, payload, options);
	}

	publishData(topic: string, payload: string): Promise<void> | undefined {
		const { dataQos: qos } = this.#options;
		if (qos > 0) return this.publish(topic, payload, { qos });
		const connection = this.#connection;
		if (!connection?.isConnected) return Promise.reject(new Error("the broker is not reached"));
		if (connection.unsentBytes > MAX_UNSENT_BYTES) {
			return Promise.reject(new Error(`${connection.unsentBytes} bytes wait for the broker`));
		}
		connection.sendFrame(plainFrame(Buffer.from(topic), payload));
		return undefined;
	}

	async subscribe(
		filter: string,
		handler: MessageHandler,
		{ mayBeRefused = false }: SubscribeOptions = {},
	): Promise<void> {
		if (mayBeRefused) this.#grants.allowRefusal(filter);
		const guarded = this.#guard.handler(handler);
		if (this.#options.isRequest(filter)) return this.#requests.subscribe(filter, guarded);
		this.#handlers.set(filter, guarded);
		// Without a connection it is subscribed with all others at the next one.
		if (this.#connection?.isConnected) await this.#ask(this.#connection, [filter]);
	}

	async unsubscribe(filter: string): Promise<void> {
		if (this.#options.isRequest(filter)) return this.#requests.unsubscribe(filter);
		this.#handlers.delete(filter);
		this.#grants.drop(filter);
		if (this.#connection?.isConnected) await this.#connection.unsubscribe([filter]);
	}

	#way(): Way | undefined {
		const connection = this.#isReady ? this.#connection : undefined;
		if (!connection?.isConnected) return undefined;
		const send: Way["send"] = (...message) => connection.send(...message);
		return { maxQos: this.#grants.maxQos, send };
	}

	#connectionTo({
		host,
		port,
	}: HostPort): Omit<ConnectionOptions, "clientId" | "clean" | "delivered"> {
		const { scheme, ca, username, password } = this.#options;
		const { connectTimeoutMs } = this.#turns;
		return { scheme, ca, username, password, host, port, connectTimeoutMs };
	}

	async #connect(): Promise<void> {
		const options = {
			...this.#connectionTo(this.#turns.current),
			clientId: `csm-${crypto.randomUUID()}`,
			clean: true,
			delivered: new Set<number>(),
		};
		const connection = await BrokerConnection.open(
			options,
			{
				onConnect: (connection) => this.#onConnect(connection),
				onClose: (connection, reason) => this.#onClose(connection, reason),
				onMessage: (topic, payload, retained) => this.#onMessage(topic, payload, retained),
				takePlain: (topic, payload) => this.#handlers.deliverPlain(topic, payload),
			},
			this.#guard,
		);
		if (this.#stopping) connection.cut();
		else this.#connection = connection;
	}

	#onMessage(topic: string, payload: Uint8Array, retained: boolean): void {
		if (this.#options.isRequest(topic)) this.#look.take(topic, payload, retained);
		else this.#handlers.deliver(topic, payload, retained);
	}

	async #onConnect(connection: BrokerConnection): Promise<void> {
		const address = this.#turns.current;
		this.#log.info("broker connected", { broker: addressText(address) });
		this.#failures = 0;
		this.#grants.forget();
		await this.#ask(connection, this.#handlers.filters());
		if (connection !== this.#connection || !connection.isConnected) return;
		this.#isReady = true;
		this.#requests.open(address);
		this.#unsent.send();
		if (this.#wasReady) for (const listener of this.#reconnectListeners) listener();
		this.#wasReady = true;
	}

	/** A lost connection is no loss: the next one subscribes to everything again. */
	async #ask(connection: BrokerConnection, filters: string[]): Promise<void> {
		const broker = addressText(this.#turns.current);
		const codes = await connection.subscribe(filters, 2);
		if (codes !== undefined) this.#grants.take(filters, codes, broker);
	}

	#onClose(connection: BrokerConnection, reason: string): void {
		if (connection !== this.#connection) return;
		this.#connection = undefined;
		this.#isReady = false;
		this.#requests.close();
		this.#unsent.takeBack();
		if (this.#stopping) return;
		this.#failures += 1;
		const broker = addressText(this.#turns.current);
		const isPause = this.#turns.lost(connection.livedMs);
		const next = isPause ? pauseMs(this.#failures, LONGEST_PAUSE_MS) : 0;
		const state = { broker, reason, attempt: this.#failures, next_try_ms: next };
		if (this.#failures === 1) this.#log.error("broker lost; trying to reach it again", state);
		else this.#log.warn("broker still not reached", state);
		clearTimeout(this.#retry);
		const again = this.#guard.callback("retry", () => this.#connect());
		this.#retry = setTimeout(again, next);
	}
}
