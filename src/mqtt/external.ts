import type { Logger } from "../kit/mod.ts";
import { addressText } from "./address-turns.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { BrokerLink } from "./broker-link.ts";
import { CallGuard } from "./call-guard.ts";
import type { ExternalBrokerOptions } from "./external-options.ts";
import { ExternalSubscriptions } from "./external-subscriptions.ts";
import type {
	Broker,
	BrokerStats,
	MessageHandler,
	MqttPort,
	PublishOptions,
	SubscribeOptions,
	Unsubscribe,
} from "./port.ts";
import { plainFrame } from "./publish-frame.ts";
import { RequestChannel } from "./request-channel.ts";
import { RetainedLook } from "./retained-look.ts";
import { SubscriptionGrants } from "./subscription-grants.ts";
import { Unsent, type Way } from "./unsent.ts";

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
	readonly #grants: SubscriptionGrants;
	readonly #requests: RequestChannel;
	readonly #link: BrokerLink;
	readonly #unsent: Unsent;
	readonly #subscriptions: ExternalSubscriptions;
	readonly #reconnectListeners: (() => void)[] = [];
	/** Connected, and subscribed to everything. */
	#isReady = false;
	#wasReady = false;
	readonly #look = new RetainedLook();
	readonly #started = Promise.withResolvers<void>();

	constructor(options: ExternalBrokerOptions, log: Logger) {
		this.#options = options;
		this.#log = log;
		this.#guard = new CallGuard(log);
		this.#grants = new SubscriptionGrants(log);
		this.#unsent = new Unsent(options, () => this.#way());
		this.#link = new BrokerLink(options, {
			log,
			guard: this.#guard,
			events: {
				onConnect: (connection) => this.#onConnect(connection),
				onLost: () => this.#onLost(),
				onMessage: (topic, payload, retained) => this.#onMessage(topic, payload, retained),
				takePlain: (topic, payload) => this.#subscriptions.deliverPlain(topic, payload),
			},
		});
		this.#requests = new RequestChannel(
			{ sessionId: options.sessionId, connection: (address) => this.#link.optionsTo(address) },
			{
				log,
				guard: this.#guard,
				grants: this.#grants,
				retainedUnder: (filters) => this.#look.under(filters, this.#link.connection),
				onReady: () => this.#started.resolve(),
			},
		);
		this.#subscriptions = new ExternalSubscriptions({
			link: this.#link,
			grants: this.#grants,
			guard: this.#guard,
			requests: this.#requests,
			isRequest: options.isRequest,
			log,
		});
	}

	onReconnect(listener: () => void): void {
		this.#reconnectListeners.push(this.#guard.callback("reconnect", listener));
	}

	/** The connections of another program's clients are not visible from here. */
	servePages(): boolean {
		return false;
	}

	followConnections(): boolean {
		return false;
	}

	/** Has no effect: MQTT 3.1.1 does not transmit the user of a message (see {@link MqttPort.as}). */
	as(): MqttPort {
		return this;
	}

	get problem(): string | undefined {
		if (!this.#isReady || !this.#link.connection?.isConnected)
			return `cannot reach the broker at ${this.#link.text}`;
		return this.#grants.problem ?? this.#requests.problem;
	}

	get stats(): BrokerStats {
		return { clients: null, received: null, retained: null, subscriptions: null };
	}

	get handlerFailures(): number {
		return this.#guard.failures;
	}

	/** Its logins are its own matter. */
	disconnectRevoked(): void {}

	/** Its certificates are its own matter. */
	renewCertificate(): void {}

	/** Connects; goes on without the broker when it does not answer in time, and keeps trying. */
	async start(): Promise<void> {
		const { scheme, startTimeoutMs } = this.#options;
		const timer = setTimeout(() => {
			const broker = `${scheme}://${this.#link.text}`;
			this.#log.error("broker does not answer; starting without it", { broker });
			this.#started.resolve();
		}, startTimeoutMs);
		await this.#link.open();
		await this.#started.promise;
		clearTimeout(timer);
	}

	async stop(): Promise<void> {
		this.#link.close();
		this.#subscriptions.stop();
		const { connection } = this.#link;
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
		const { connection } = this.#link;
		if (!connection?.isConnected) return Promise.reject(new Error("cannot reach the broker"));
		if (connection.unsentBytes > MAX_UNSENT_BYTES) {
			return Promise.reject(
				new Error(`${connection.unsentBytes} bytes are waiting for the broker`),
			);
		}
		connection.sendFrame(plainFrame(Buffer.from(topic), payload));
		return undefined;
	}

	subscribe(
		filter: string,
		handler: MessageHandler,
		options: SubscribeOptions = {},
	): Promise<Unsubscribe> {
		return this.#subscriptions.open(filter, handler, options);
	}

	#way(): Way | undefined {
		const connection = this.#isReady ? this.#link.connection : undefined;
		if (!connection?.isConnected) return undefined;
		const send: Way["send"] = (...message) => connection.send(...message);
		return { maxQos: this.#grants.maxQos, send };
	}

	#onMessage(topic: string, payload: Uint8Array, retained: boolean): void {
		if (this.#options.isRequest(topic)) this.#look.take(topic, payload, retained);
		else this.#subscriptions.deliver(topic, payload, retained);
	}

	async #onConnect(connection: BrokerConnection): Promise<void> {
		const { address } = this.#link;
		this.#log.info("broker connected", { broker: addressText(address) });
		this.#grants.forget();
		await this.#subscriptions.renew(connection);
		if (connection !== this.#link.connection || !connection.isConnected) return;
		this.#isReady = true;
		this.#requests.open(address);
		this.#unsent.send();
		if (this.#wasReady) for (const listener of this.#reconnectListeners) listener();
		this.#wasReady = true;
	}

	#onLost(): void {
		this.#isReady = false;
		this.#requests.close();
		this.#unsent.takeBack();
	}
}
