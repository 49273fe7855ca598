import { type Logger, messageOf } from "../kit/mod.ts";
import { addressText } from "./address-turns.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { BrokerLink } from "./broker-link.ts";
import type { CallGuard } from "./call-guard.ts";
import { Incoming } from "./incoming.ts";
import { JoiningHandler } from "./joining-handler.ts";
import type { MessageHandler, Qos, SubscribeOptions, Unsubscribe } from "./port.ts";
import { RetainedFetch } from "./retained-fetch.ts";
import type { SubscriptionGrants } from "./subscription-grants.ts";

/** Where handlers of a filter are kept, and what asks the broker for them. */
interface Subscriptions {
	has(filter: string): boolean;
	/** Adds a handler; asks the broker when it is the filter's first. */
	subscribe(filter: string, handler: MessageHandler): Promise<void>;
	/** Removes a handler; tells the broker when it was the filter's last. */
	unsubscribe(filter: string, handler: MessageHandler): Promise<void>;
}

export interface ExternalSubscriptionsDeps {
	readonly link: BrokerLink;
	readonly grants: SubscriptionGrants;
	readonly guard: CallGuard;
	/** Subscriptions to requests, which come over a connection of their own. */
	readonly requests: Subscriptions;
	/** Subscriptions to data, which have one, too. */
	readonly data: Pick<Subscriptions, "subscribe" | "unsubscribe">;
	/** Whether a filter is one of requests. */
	readonly isRequest: (filter: string) => boolean;
	readonly log: Logger;
}

/** The server's subscriptions at another program's broker, on the main connection, on that for requests or on that for data. */
export class ExternalSubscriptions implements Subscriptions {
	readonly #deps: ExternalSubscriptionsDeps;
	readonly #incoming = new Incoming();
	readonly #fetch: RetainedFetch;

	constructor(deps: ExternalSubscriptionsDeps) {
		this.#deps = deps;
		this.#fetch = new RetainedFetch(deps.guard);
	}

	/** See `MqttPort.subscribe`. */
	async open(
		filter: string,
		handler: MessageHandler,
		{ mayBeRefused = false, isData = false }: SubscribeOptions,
	): Promise<Unsubscribe> {
		const { grants, guard, requests, data, isRequest, link } = this.#deps;
		if (mayBeRefused) grants.allowRefusal(filter);
		const guarded = guard.handler(handler);
		if (isData) {
			await data.subscribe(filter, guarded);
			return () => data.unsubscribe(filter, guarded);
		}
		const subscriptions = isRequest(filter) ? requests : this;
		if (!subscriptions.has(filter) || !link.connection?.isConnected) {
			await subscriptions.subscribe(filter, guarded);
			return () => subscriptions.unsubscribe(filter, guarded);
		}
		const joining = new JoiningHandler(guarded);
		await subscriptions.subscribe(filter, joining.live);
		await this.#fetchFor(filter, joining);
		return () => subscriptions.unsubscribe(filter, joining.live);
	}

	/** Subscribes to everything, on a new connection. */
	renew(connection: BrokerConnection): Promise<void> {
		return this.#ask(connection, this.#incoming.filters());
	}

	deliver(topic: string, payload: Uint8Array, retained: boolean, qos: Qos): void {
		this.#incoming.deliver(topic, payload, retained, qos);
	}

	/** See {@link Incoming.deliverPlain}. */
	deliverPlain(topic: Uint8Array, payload: Uint8Array): boolean {
		return this.#incoming.deliverPlain(topic, payload);
	}

	/** Gives up what is being fetched. */
	stop(): void {
		this.#fetch.stop();
	}

	has(filter: string): boolean {
		return this.#incoming.has(filter);
	}

	async subscribe(filter: string, handler: MessageHandler): Promise<void> {
		const isFirst = !this.#incoming.has(filter);
		this.#incoming.add(filter, handler);
		// Without a connection it is subscribed with all others at the next one.
		const { connection } = this.#deps.link;
		if (isFirst && connection?.isConnected) await this.#ask(connection, [filter]);
	}

	async unsubscribe(filter: string, handler: MessageHandler): Promise<void> {
		if (!this.#incoming.delete(filter, handler)) return;
		this.#deps.grants.drop(filter);
		const { connection } = this.#deps.link;
		if (connection?.isConnected) await connection.unsubscribe([filter]);
	}

	/** A connection lost meanwhile needs no retry: the next one subscribes to everything again. */
	async #ask(connection: BrokerConnection, filters: string[]): Promise<void> {
		const { link, grants } = this.#deps;
		const broker = addressText(link.address);
		const codes = await connection.subscribe(filters, 2);
		if (codes !== undefined) grants.take(filters, codes, broker);
	}

	async #fetchFor(filter: string, joining: JoiningHandler): Promise<void> {
		const { link, log } = this.#deps;
		const reason = await this.#fetch
			.run(filter, link.optionsTo(link.address), joining.fetched)
			.then((isAll) => (isAll ? undefined : "the broker did not answer"), messageOf);
		joining.joined();
		if (reason === undefined) return;
		log.warn("cannot fetch retained messages for a further handler", { filter, reason });
	}
}
