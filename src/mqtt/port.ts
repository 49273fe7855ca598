import type { Connection, ConnectionListener } from "./connection.ts";

/** A message the server hears through the broker. */
export interface BrokerMessage {
	readonly topic: string;
	/** Valid only during the handler's call. */
	readonly payload: Uint8Array;
	/** True for a stored message delivered because of a new subscription, not for a live one. */
	readonly retained: boolean;
	/** MQTT client id of the publisher, where the broker tells it. */
	readonly clientId: string | null;
	/** Who published it: a user's name or a device's id, where the broker is ours. */
	readonly user: string | null;
	/** The connection it came over: only where the broker is ours, and for topics that end in `/ctrl/i`. */
	readonly connection: Connection | null;
}

/** What it throws, or rejects with, is counted and logged; no other handler is affected. */
export type MessageHandler = (message: BrokerMessage) => void;

export interface PublishOptions {
	readonly qos: 0 | 1 | 2;
	readonly retain?: boolean;
}

export interface SubscribeOptions {
	/** The server can do without it: a broker that refuses it is in order all the same. */
	readonly mayBeRefused?: boolean;
}

/** What a broker knows of its traffic; null where another program keeps it to itself. */
export interface BrokerStats {
	/** Connected clients. */
	readonly clients: number | null;
	/** Messages clients have published. */
	readonly received: number | null;
	/** Messages it retains. */
	readonly retained: number | null;
	/** Topic filters of all clients. */
	readonly subscriptions: number | null;
}

/** The server's own access to MQTT; the same whether the broker is built in or another program. */
export interface Broker {
	/** Opens listeners or connects. @throws ConfigError when a port cannot be had. */
	start(): Promise<void>;
	/** Says goodbye to clients and frees the ports. */
	stop(): Promise<void>;
	/** Hands a message over; resolves when the broker has taken it. */
	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void>;
	/**
	 * Hands over what a graph publishes: QoS 2 (`csm.md §5.1`), in order. Undefined when it is done already,
	 * so that the fast case costs no promise.
	 */
	publishData(topic: string, payload: string): Promise<void> | undefined;
	/** Hears a filter (`+` and `#` allowed) until unsubscribed; allowed before `start`. One handler a filter. */
	subscribe(filter: string, handler: MessageHandler, options?: SubscribeOptions): Promise<void>;
	unsubscribe(filter: string): Promise<void>;
	/** Hears when the broker is reached again after an outage, subscriptions renewed. */
	onReconnect(listener: () => void): void;
	/** Tells what clients' connections do, until it stops. @returns false where the broker is another program. */
	followConnections(listener: ConnectionListener): boolean;
	/** Why the broker cannot be used at the moment; undefined while it can. */
	readonly problem: string | undefined;
	readonly stats: BrokerStats;
	/** Calls of handlers and listeners that threw or were rejected. */
	readonly handlerFailures: number;
	/** Disconnects clients whose login does not hold any more: a device's, or all. */
	disconnectRevoked(daId?: string): void;
	/** Listens anew with the certificate of now; clients stay. @throws ListenError */
	renewCertificate(): void;
}
