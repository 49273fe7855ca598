import { type Logger, topicMatches } from "../kit/mod.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import type { HostPort } from "./address-turns.ts";
import type { BrokenRules } from "./broken-rules.ts";
import { idFrame, PUBCOMP, PUBREL } from "./client-frames.ts";
import type { DataConnection } from "./data-connection.ts";
import { DataLink, type DataLinkOptions } from "./data-link.ts";
import { DataTopics } from "./data-topics.ts";
import { OutgoingData } from "./outgoing-data.ts";
import type { MessageHandler, Qos } from "./port.ts";
import { arrivalOf, noLag } from "./receipt.ts";
import type { IncomingMessage } from "./server-packets.ts";
import type { SubscriptionGrants } from "./subscription-grants.ts";

/** Topics that are remembered as unsubscribed. */
const MAX_ENDED = 10_000;

export interface DataChannelOptions extends Omit<DataLinkOptions, "wantsSession"> {
	/** The highest QoS that is of use for data; with 0 there is no session. */
	readonly qos: Qos;
	readonly limits: { readonly maxUnsent: number };
	/**
	 * Subscribed to over each connection, whether anything hears them or not; topics below them are not asked for one by
	 * one, and what no one hears is acknowledged.
	 */
	readonly filters?: readonly string[];
	/** Whether no message is acknowledged before its results have gone out, however long that takes. */
	readonly isPatient?: boolean;
}

export interface DataChannelDeps {
	readonly log: Logger;
	readonly grants: SubscriptionGrants;
	/** One for all connections to the broker. */
	readonly broken: BrokenRules;
	/** Connected, and subscribed to everything. */
	readonly onReady: () => void;
	/** Nothing waits to be acknowledged any more. */
	readonly onIdle?: () => void;
}

/**
 * Data of another program's broker, over a connection with packets of our own. At QoS 1 and 2 the broker keeps its
 * session: what is sent while the server is away waits there, and a message is acknowledged only behind its results, in
 * the same stream.
 */
export class DataChannel {
	readonly #options: DataChannelOptions;
	readonly #deps: DataChannelDeps;
	readonly #topics = new DataTopics();
	readonly #link: DataLink;
	readonly #results: OutgoingData;
	readonly #acknowledgements: Acknowledgements;
	/** Topics that were unsubscribed over this connection. */
	readonly #ended = new Set<string>();
	/** Nothing is handed over any more. */
	#isFinished = false;
	/** Whether the broker had no session before the current connection. */
	isNew = false;
	/** Messages that were acknowledged before their results had gone out. */
	acknowledgedEarly = 0;

	constructor(options: DataChannelOptions, deps: DataChannelDeps) {
		this.#options = options;
		this.#deps = deps;
		const onBroken = (what: string) => deps.broken.name(what, this.#link.broker);
		this.#results = new OutgoingData({
			...{ limits: options.limits, onBroken },
			onWritten: () => this.#acknowledgements.flush(),
		});
		this.#acknowledgements = new Acknowledgements({
			...{ results: this.#results, onBroken },
			send: (type, id) => this.#link.connection?.send(idFrame(type, id)),
			onEarly: (messages) => {
				this.acknowledgedEarly += messages;
				deps.log.debug("messages acknowledged before their results were sent", { messages });
			},
			onCrowd: (isCrowded) => this.#link.connection?.pause("crowd", isCrowded),
			...(deps.onIdle !== undefined && { onIdle: deps.onIdle }),
			isPatient: options.isPatient === true,
		});
		this.#link = new DataLink(
			{ ...options, wantsSession: options.qos > 0 },
			{
				onConnect: (connection, hadSession) => this.#onConnect(connection, hadSession),
				onReady: deps.onReady,
				onLost: () => {
					this.#results.closed();
					this.#acknowledgements.closed();
				},
				onMessage: (message) => this.#onMessage(message),
				onId: (type, id) => this.#onId(type, id),
				onBroken,
			},
			deps.log,
		);
	}

	/** Why data may not come; undefined while it does. */
	get problem(): string | undefined {
		return this.#link.problem;
	}

	/** Whether it is connected, and subscribed to everything. */
	get isReady(): boolean {
		return this.#link.isReady;
	}

	/** Whether nothing waits to be acknowledged. */
	get isIdle(): boolean {
		return this.#acknowledgements.isIdle;
	}

	/** Connects, once the main connection to the same broker is there. */
	open(address: HostPort): void {
		this.#link.open(address);
	}

	/** The broker is lost: waits until it is opened again. */
	close(): void {
		this.#link.close();
	}

	/** Nothing that comes can be worked on for a while: it is not read. What waits for its results may wait longer. */
	hold(isHeld: boolean): void {
		if (this.#isFinished) return;
		this.#acknowledgements.hold(isHeld);
		this.#link.hold(isHeld);
	}

	/** Hands over nothing more: what comes from now on waits for the next start, unacknowledged. */
	finish(): void {
		this.#isFinished = true;
		this.#acknowledgements.hold(true);
		// What confirms the last results is read.
		this.#link.hold(false);
	}

	/** Sends what waits and disconnects. */
	leave(): Promise<void> {
		this.finish();
		return this.#link.leave();
	}

	/** Gives up results that were not confirmed. */
	rejectAll(error: Error): void {
		this.#results.rejectAll(error);
	}

	/** See `DataSink.publishData`. */
	publish(topic: string, json: string | Uint8Array, qos: Qos): Promise<void> | undefined {
		return this.#results.add(topic, json, qos);
	}

	async subscribe(topic: string, handler: MessageHandler): Promise<void> {
		const isFirst = this.#topics.add(topic, handler);
		this.#ended.delete(topic);
		const { connection } = this.#link;
		// Without a connection it is subscribed with all others at the next one.
		if (!isFirst || this.#isCovered(topic)) return;
		if (connection?.isConnected) await this.#ask(connection, [topic]);
	}

	/** At a stop the broker is not told: what comes meanwhile is to wait for the next start. */
	async unsubscribe(topic: string, handler: MessageHandler): Promise<void> {
		if (this.#isFinished || !this.#topics.delete(topic, handler)) return;
		if (this.#isCovered(topic)) return;
		this.#deps.grants.drop(topic);
		const { connection } = this.#link;
		if (!connection?.isConnected) return;
		this.#ended.add(topic);
		await connection.unsubscribe([topic]);
	}

	async #onConnect(connection: DataConnection, hadSession: boolean): Promise<void> {
		this.isNew = !hadSession;
		this.#ended.clear();
		this.#acknowledgements.opened(hadSession);
		// What a process before this one has sent at QoS 2 is released first, if the broker has that: a SUBACK says so. The one
		// of this connection comes behind all that has gathered.
		const isUnknown = this.#options.qos === 2 && !this.#deps.grants.isKnown;
		const isLater = hadSession && isUnknown && this.#results.isFresh;
		if (!isLater) this.#openResults(connection, hadSession);
		// Always all of them: links may have been added while the broker was away.
		const others = this.#topics.all().filter((topic) => !this.#isCovered(topic));
		await this.#ask(connection, [...(this.#options.filters ?? []), ...others]);
		if (isLater && connection.isConnected) this.#openResults(connection, hadSession);
	}

	#openResults(connection: DataConnection, hadSession: boolean): void {
		// Whether the broker has more than was asked for is not known.
		const highest = () => Math.min(this.#deps.grants.maxQos, this.#options.qos) as Qos;
		const outlet = {
			send: (frame: Uint8Array) => connection.send(frame),
			get maxQos() {
				return highest();
			},
			get unsentBytes() {
				return connection.unsentBytes;
			},
		};
		this.#results.opened(outlet, hadSession);
	}

	#isCovered(topic: string): boolean {
		const { filters = [] } = this.#options;
		return filters.some((filter) => filter === topic || topicMatches(filter, topic));
	}

	async #ask(connection: DataConnection, topics: string[]): Promise<void> {
		const { qos } = this.#options;
		const codes = await connection.subscribe(topics, qos);
		if (codes !== undefined) this.#deps.grants.take(topics, codes, this.#link.broker, qos);
	}

	#onMessage(message: IncomingMessage): void {
		if (this.#isFinished) return;
		const route = this.#topics.find(message.topic);
		let done: (() => void) | undefined;
		if (message.qos > 0) {
			const lag = route?.lag ?? noLag();
			const receipt = this.#acknowledgements.arrived(arrivalOf(message), lag);
			if (receipt === undefined) return;
			done = () => receipt.done();
		}
		if (route === undefined) {
			this.#deps.broken.name("it sends a topic that is not UTF-8", this.#link.broker);
			done?.();
		} else if (!this.#topics.deliver(route, message, done, this.#options.isPatient)) {
			this.#onUnheard(route.topic);
		}
	}

	/** The session has it from a link that is gone, or it was on its way when that went. */
	#onUnheard(topic: string): void {
		if (this.#ended.has(topic) || this.#isCovered(topic)) return;
		if (this.#ended.size >= MAX_ENDED) this.#ended.clear();
		this.#ended.add(topic);
		void this.#link.connection?.unsubscribe([topic]);
	}

	#onId(type: number, id: number): void {
		if (type !== PUBREL) {
			this.#results.confirmed(type, id);
			return;
		}
		this.#acknowledgements.released(id);
		this.#link.connection?.send(idFrame(PUBCOMP, id));
	}
}
