import type { Logger } from "../kit/mod.ts";
import {
	type Broker,
	type BrokerMessage,
	type BrokerSession,
	type BrokerStats,
	CallGuard,
	type ExternalBroker,
	HandlerTable,
	type MessageHandler,
	type MqttPort,
	type PublishOptions,
	type Qos,
	type SessionOptions,
	type SubscribeOptions,
	type Unsubscribe,
} from "../mqtt/mod.ts";
import { isControl, readHanded } from "./control-topics.ts";
import type { Lease } from "./lease.ts";

/** What it needs of the connection that all nodes have, each its own. */
export type NodeConnection = Pick<
	ExternalBroker,
	| "publish"
	| "subscribe"
	| "onReconnect"
	| "sessions"
	| "start"
	| "stop"
	| "problem"
	| "stats"
	| "handlerFailures"
>;

/** Sessions of partitions that are at work. */
export interface WorkingSessions {
	/** Why some cannot be used; undefined while all can. */
	readonly problem: string | undefined;
	/** While it is held, none takes data. */
	holdData(isHeld: boolean): void;
	/** Takes nothing more. */
	finish(): void;
}

/** What is known of the other nodes. */
export interface OtherNodes {
	/** Whether one of them has reached the broker for at least so long, in milliseconds. */
	reachedBroker(ms: number): boolean;
}

/**
 * The broker as a node of a cluster uses it. Control messages come over the sessions of its partitions, to which the router
 * hands them, and data over those of its graphs' partitions; everything else over a connection of its own.
 */
export class ClusterBroker implements Broker {
	readonly #connection: NodeConnection;
	/** Of control messages. */
	readonly #handlers = new HandlerTable();
	readonly #guard: CallGuard;
	#sessions: WorkingSessions | undefined;
	#others: OtherNodes | undefined;
	#isFinished = false;

	constructor(connection: NodeConnection, log: Logger) {
		this.#connection = connection;
		this.#guard = new CallGuard(log);
	}

	/** From now on there may be partitions, and other nodes. */
	use(sessions: WorkingSessions, others: OtherNodes): void {
		this.#sessions = sessions;
		this.#others = others;
	}

	/** For how long it has not been reached, in milliseconds; 0: it is. */
	get lostMs(): number {
		return this.#connection.sessions.lostMs;
	}

	/** How often it was lost. */
	get losses(): number {
		return this.#connection.sessions.losses;
	}

	/** See `ConnectionSource.reachedByOthers`. */
	reachedByOthers(ms: number): boolean {
		return this.#others?.reachedBroker(ms) === true;
	}

	/** A session of a partition's own; it connects when it is opened. */
	session(options: SessionOptions): BrokerSession {
		return this.#connection.sessions.make(options);
	}

	/** Takes a control message that the router has handed to a partition of this node. */
	readonly takeHanded = (message: BrokerMessage, { token }: Lease): void => {
		const read = readHanded(message.topic);
		const handlers = read === undefined ? [] : this.#handlers.of(read.topic);
		// At a stop nothing listens any more: the next owner gets it.
		if (this.#isFinished) return;
		if (read === undefined || handlers.length === 0) {
			message.done?.();
			return;
		}
		const { topic } = read;
		const handed = read.handed && { ...read.handed, lease: token };
		const done = afterAll(handlers.length, message);
		const heard = { ...message, topic, ...(handed !== undefined && { handed }) };
		for (const handler of handlers) handler({ ...heard, done: once(done) });
	};

	async subscribe(
		filter: string,
		handler: MessageHandler,
		{ mayBeRefused = false }: SubscribeOptions = {},
	): Promise<Unsubscribe> {
		// What is not a graph's has no session of data.
		if (!isControl(filter)) {
			return this.#connection.subscribe(filter, handler, { mayBeRefused });
		}
		const guarded = this.#guard.handler(orDone(handler));
		this.#handlers.add(filter, guarded);
		return async () => void this.#handlers.delete(filter, guarded);
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		return this.#connection.publish(topic, payload, options);
	}

	publishData(topic: string, json: string, qos: Qos): Promise<void> {
		return this.publish(topic, json, { qos });
	}

	holdData(isHeld: boolean): void {
		this.#sessions?.holdData(isHeld);
	}

	finishData(): void {
		this.#isFinished = true;
		this.#sessions?.finish();
	}

	onReconnect(listener: (lostMs: number) => void): void {
		this.#connection.onReconnect(listener);
	}

	as(): MqttPort {
		return this;
	}

	servePages(): boolean {
		return false;
	}

	followConnections(): boolean {
		return false;
	}

	get problem(): string | undefined {
		return this.#connection.problem ?? this.#sessions?.problem;
	}

	get stats(): BrokerStats {
		return { ...this.#connection.stats, acknowledgedEarly: null };
	}

	get handlerFailures(): number {
		return this.#connection.handlerFailures + this.#guard.failures;
	}

	disconnectRevoked(): void {}

	renewCertificate(): void {}

	start(): Promise<void> {
		return this.#connection.start();
	}

	stop(): Promise<void> {
		return this.#connection.stop();
	}
}

/** The handler as one that is done with a message when it fails. */
function orDone(handler: MessageHandler): MessageHandler {
	return (message) => {
		const failed = (error: unknown): never => {
			message.done?.();
			throw error;
		};
		try {
			const result: unknown = handler(message);
			return result instanceof Promise ? result.catch(failed) : undefined;
		} catch (error) {
			return failed(error);
		}
	};
}

/** A handler that fails after its `done` does not count for another one. */
function once(done: () => void): () => void {
	let isDone = false;
	return () => {
		if (isDone) return;
		isDone = true;
		done();
	};
}

function afterAll(calls: number, { done }: BrokerMessage): () => void {
	let left = calls;
	return () => {
		left -= 1;
		if (left === 0) done?.();
	};
}
