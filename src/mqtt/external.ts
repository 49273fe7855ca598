import type { Logger } from "../kit/mod.ts";
import { addressText } from "./address-turns.ts";
import { BrokenRules } from "./broken-rules.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { BrokerLink } from "./broker-link.ts";
import { CallGuard } from "./call-guard.ts";
import { DataChannel } from "./data-channel.ts";
import type { ExternalBrokerOptions } from "./external-options.ts";
import { ExternalSessions } from "./external-sessions.ts";
import { ExternalSubscriptions } from "./external-subscriptions.ts";
import type {
	Broker,
	BrokerStats,
	MessageHandler,
	MqttPort,
	PublishOptions,
	Qos,
	SubscribeOptions,
	Unsubscribe,
} from "./port.ts";
import { RequestChannel } from "./request-channel.ts";
import { RetainedLook } from "./retained-look.ts";
import { SubscriptionGrants } from "./subscription-grants.ts";
import { Unsent, type Way } from "./unsent.ts";

/**
 * A broker that is another program, reached with MQTT.js. It may come and go: subscriptions are
 * renewed, messages wait within a limit, and the log says when it is lost and when it is back.
 * Requests come over a connection of their own (see RequestChannel), data comes and goes over a third (see DataChannel).
 */
export class ExternalBroker implements Broker {
	readonly #options: ExternalBrokerOptions;
	readonly #log: Logger;
	readonly #guard: CallGuard;
	readonly #grants: SubscriptionGrants;
	readonly #requests: RequestChannel;
	/** Opened only where there is data. */
	readonly #data: DataChannel;
	/** Beside its own. */
	readonly sessions: ExternalSessions;
	readonly #link: BrokerLink;
	readonly #unsent: Unsent;
	readonly #subscriptions: ExternalSubscriptions;
	readonly #reconnectListeners: ((lostMs: number) => void)[] = [];
	/** Connected, and subscribed to everything. */
	#isReady = false;
	#wasReady = false;
	readonly #look = new RetainedLook();
	readonly #requestsReady = Promise.withResolvers<void>();
	readonly #dataReady = Promise.withResolvers<void>();

	constructor(options: ExternalBrokerOptions, log: Logger) {
		this.#options = options;
		this.#log = log;
		this.#guard = new CallGuard(log);
		this.#grants = new SubscriptionGrants(log);
		const broken = new BrokenRules(log);
		this.#unsent = new Unsent(options, () => this.#way());
		this.#link = new BrokerLink(options, {
			...{ log, broken, guard: this.#guard },
			events: {
				onConnect: (connection) => this.#onConnect(connection),
				onLost: () => this.#onLost(),
				onMessage: (...message) => this.#onMessage(...message),
				takePlain: (topic, payload) => this.#subscriptions.deliverPlain(topic, payload),
			},
		});
		this.#requests = new RequestChannel(
			{ sessionId: options.sessionId, connection: (address) => this.#link.optionsTo(address) },
			{
				...{ log, broken, guard: this.#guard, grants: this.#grants },
				retainedUnder: (filters) => this.#look.under(filters, this.#link.connection),
				onReady: () => this.#requestsReady.resolve(),
			},
		);
		this.#data = new DataChannel(
			{
				sessionId: options.sessionId,
				qos: options.dataQos ?? 0,
				limits: options,
				connection: (address) => this.#link.optionsTo(address),
			},
			{ log, broken, grants: this.#grants, onReady: () => this.#dataReady.resolve() },
		);
		this.sessions = new ExternalSessions(
			{ limits: options, connection: (address) => this.#link.optionsTo(address) },
			{ log, broken, guard: this.#guard, grants: this.#grants },
		);
		this.#subscriptions = new ExternalSubscriptions({
			link: this.#link,
			grants: this.#grants,
			guard: this.#guard,
			requests: this.#requests,
			data: this.#data,
			isRequest: options.isRequest,
			log,
		});
	}

	onReconnect(listener: (lostMs: number) => void): void {
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
		if (!this.#isReady || !this.#link.connection?.isConnected) return this.#link.problem;
		return this.#grants.problem ?? this.#requests.problem ?? this.#data.problem;
	}

	get stats(): BrokerStats {
		const { acknowledgedEarly } = this.#data;
		return {
			...{ clients: null, received: null, retained: null, subscriptions: null },
			acknowledgedEarly,
		};
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
			this.#requestsReady.resolve();
			this.#dataReady.resolve();
		}, startTimeoutMs);
		await this.#link.open();
		await this.#requestsReady.promise;
		if (this.#hasData) await this.#dataReady.promise;
		clearTimeout(timer);
	}

	async stop(): Promise<void> {
		this.#link.close();
		this.#subscriptions.stop();
		const { connection } = this.#link;
		const { promise, resolve } = Promise.withResolvers<void>();
		const deadline = setTimeout(() => {
			connection?.cut();
			this.#onLost();
			resolve();
		}, this.#options.stopTimeoutMs);
		const leave = () => {
			this.#isReady = false;
			void connection?.end().then(resolve);
		};
		if (connection === undefined) resolve();
		else if (this.#isReady && !this.#unsent.isEmpty) this.#unsent.onAllSent(leave);
		else leave();
		const left = [this.#requests.leave(), this.#data.leave()];
		await Promise.all([promise, ...left.map((end) => Promise.race([end, promise]))]);
		clearTimeout(deadline);
		for (const one of [this.#unsent, this.#data]) one.rejectAll(new Error("the server stops"));
	}

	/** Disconnects at once: nothing more comes out of it. It still has to be stopped. */
	cut(): void {
		this.#link.cut();
		this.#onLost();
		this.#unsent.end(new Error("another server does this now"));
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		return this.#unsent.add(topic, payload, options);
	}

	publishData(topic: string, payload: string, qos: Qos): Promise<void> | undefined {
		return this.#data.publish(topic, payload, qos);
	}

	holdData(isHeld: boolean): void {
		this.#data.hold(isHeld);
	}

	finishData(): void {
		this.#data.finish();
	}

	subscribe(
		filter: string,
		handler: MessageHandler,
		options: SubscribeOptions = {},
	): Promise<Unsubscribe> {
		return this.#subscriptions.open(filter, handler, options);
	}

	get #hasData(): boolean {
		return this.#options.dataQos !== undefined;
	}

	#way(): Way | undefined {
		const connection = this.#isReady ? this.#link.connection : undefined;
		if (!connection?.isConnected) return undefined;
		const send: Way["send"] = (...message) => connection.send(...message);
		return { maxQos: this.#grants.maxQos, send };
	}

	#onMessage(topic: string, payload: Uint8Array, retained: boolean, qos: Qos): void {
		if (this.#options.isRequest(topic)) this.#look.take(topic, payload, retained);
		else this.#subscriptions.deliver(topic, payload, retained, qos);
	}

	async #onConnect(connection: BrokerConnection): Promise<void> {
		const { address } = this.#link;
		this.#log.info("broker connected", { broker: addressText(address) });
		this.#grants.forget();
		await this.#subscriptions.renew(connection);
		if (connection !== this.#link.connection || !connection.isConnected) return;
		this.#isReady = true;
		const { lostMs } = this.sessions;
		this.#requests.open(address);
		if (this.#hasData) this.#data.open(address);
		this.sessions.connect(address);
		this.#unsent.send();
		if (this.#wasReady) for (const listener of this.#reconnectListeners) listener(lostMs);
		this.#wasReady = true;
	}

	#onLost(): void {
		this.#isReady = false;
		this.#requests.close();
		this.#data.close();
		this.sessions.close();
		this.#unsent.takeBack();
	}
}
