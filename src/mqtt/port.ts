import type { Connection, ConnectionSource } from "./connection.ts";

/** How surely a message is delivered (`MQTT 3.1.1 §4.3`). */
export type Qos = 0 | 1 | 2;

/** A message the server hears through the broker. */
export interface BrokerMessage {
	readonly topic: string;
	/** Valid only during the handler's call. */
	readonly payload: Uint8Array;
	/** True for a stored message delivered because of a new subscription, not for a live one. */
	readonly retained: boolean;
	/** As it was published; where a broker that is another program grants less, as it came from there. */
	readonly qos: Qos;
	/** MQTT client id of the publisher, where the broker tells it. */
	readonly clientId: string | null;
	/** The user that published it: a user's name, a device's id, or what {@link MqttPort.as} was given; null when unknown. */
	readonly user: string | null;
	/** The connection it came over: only where the broker is ours, for topics that end in `/ctrl/i` and for pages'. */
	readonly connection: Connection | null;
	/**
	 * Tells that what comes of it was handed over, or that nothing will: it is acknowledged then. Called once. Only for
	 * what an external broker wants acknowledged: data ({@link SubscribeOptions.isData}), and in a cluster what devices and
	 * clients of APIs send to the server.
	 */
	readonly done?: () => void;
	/**
	 * It stays with the broker until it is done, which lets so many through at once: none is to be dropped for a newer one. In
	 * a cluster only.
	 */
	readonly isKept?: boolean;
	/** Of QoS 1 and 2, where it came over a session of ours; otherwise 0 or undefined. */
	readonly packetId?: number;
	/** Whether the broker may have sent it over that session before, under the same packet id (`MQTT 3.1.1 §3.3.1.1`). */
	readonly isRepeated?: boolean;
	/** How the router of a cluster handed it on; only there. */
	readonly handed?: Handed;
}

/** What tells a message that the router of a cluster handed on when it comes again. */
export interface HandedMark {
	/** Of this router and this message; no other has it. */
	readonly mark: string;
	/** Under which the broker sent it to the router; 0: it had none, and cannot come again from there. */
	readonly packetId: number;
	/** Whether the broker may have sent it to a router before. */
	readonly isRepeated: boolean;
	/** Whether it is retained at the broker: it may have been heard when it was published, or missed. */
	readonly isStored?: boolean;
}

/** How the router of a cluster handed a message on to a partition of this node. */
export interface Handed extends HandedMark {
	/** Token of the lease under which this node got it: under another one it comes again. */
	readonly lease: number;
}

/** What it throws, or rejects with, is counted and logged; no other handler is affected. */
export type MessageHandler = (message: BrokerMessage) => void;

/** Ends one handler's subscription; others of the same filter stay. Calling it again does nothing. */
export type Unsubscribe = () => Promise<void>;

export interface PublishOptions {
	readonly qos: Qos;
	readonly retain?: boolean;
}

export interface SubscribeOptions {
	/** The server can do without it: a broker that refuses it is not reported as a problem. */
	readonly mayBeRefused?: boolean;
	/**
	 * Data of devices: a topic without wildcards, of which nothing retained is handed over at the subscription. With an
	 * external broker it comes over a connection of its own, and every message has to be answered with `done`.
	 */
	readonly isData?: boolean;
}

/** Access to MQTT for the server's own modules; the same whether the broker is built in or another program. */
export interface MqttPort {
	/** Hands a message over; resolves when the broker has taken it. */
	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void>;
	/**
	 * Hears a filter (`+` and `#` allowed) until unsubscribed; allowed before the broker starts. A filter may have
	 * several handlers, each of which is called once for each message; each gets what is retained when it subscribes,
	 * as a subscription of its own would. Before its start the built-in broker has nothing to give: of what it
	 * retained over a restart only later subscriptions hear.
	 */
	subscribe(
		filter: string,
		handler: MessageHandler,
		options?: SubscribeOptions,
	): Promise<Unsubscribe>;
	/**
	 * Hears when the broker can be reached again after an outage, subscriptions renewed.
	 * @param listener Is told for how long it could not, in milliseconds.
	 */
	onReconnect(listener: (lostMs: number) => void): void;
	/**
	 * The same access, publishing as a user: handlers see the name in `user`, and audit lines name it. It restricts
	 * nothing. On an external broker it has no effect, since a message over MQTT 3.1.1 does not name its publisher.
	 */
	as(user: string): MqttPort;
}

/** Takes what graphs publish. */
export interface DataSink {
	/**
	 * Hands over a message of a graph (`csm.md §5.1`), in order. Undefined when it is done already,
	 * so that the fast case costs no promise.
	 */
	publishData(topic: string, json: string, qos: Qos): Promise<void> | undefined;
}

/** Where data comes from; with a built-in broker nothing waits anywhere, and all of this does nothing. */
export interface DataSource {
	/** While it is held, data stays with the broker: no function could run on it. */
	holdData(isHeld: boolean): void;
	/** Hands over no more data: what comes from now on waits at the broker for the next start. */
	finishData(): void;
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
	/** Messages of data that were acknowledged to it before their results were handed over. */
	readonly acknowledgedEarly: number | null;
}

/** What administration needs of a broker; logins and certificates of an external one are its own matter. */
export interface BrokerAdmin {
	readonly stats: BrokerStats;
	/** Disconnects clients whose login is no longer valid: those of one owner, such as a device's id, or all. */
	disconnectRevoked(owner?: string): void;
	/** Listens with the current certificate from now on; clients stay. @throws ListenError */
	renewCertificate(): void;
}

/** Whether a broker is usable. */
export interface BrokerHealth {
	/** Why it cannot be used at the moment; undefined while it can. */
	readonly problem: string | undefined;
	/** Calls of handlers and listeners that threw or were rejected. */
	readonly handlerFailures: number;
}

/** A broker as the server starts and stops it. */
export interface Broker
	extends MqttPort,
		DataSink,
		DataSource,
		BrokerAdmin,
		BrokerHealth,
		ConnectionSource {
	/** Opens listeners or connects. @throws ConfigError when a port cannot be used. */
	start(): Promise<void>;
	/** Disconnects clients and frees the ports. */
	stop(): Promise<void>;
}
