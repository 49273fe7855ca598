import type { HostPort } from "./address-turns.ts";
import type { AddressOptions } from "./broker-connection.ts";
import type { CallGuard } from "./call-guard.ts";
import { DataChannel, type DataChannelDeps } from "./data-channel.ts";
import type { DataSink, MessageHandler, Qos, Unsubscribe } from "./port.ts";

export interface SessionOptions {
	/** The same wherever the work is done: the broker disconnects the one that did it before. */
	readonly clientId: string;
	/** What it subscribes to; nothing that comes for it is lost while no one is connected. */
	readonly filters: readonly string[];
	/** Of these subscriptions. */
	readonly qos: 1 | 2;
	/** Whether it may connect again after its connection was lost, or late; it is asked again when it rejects. */
	readonly mayReturn: () => Promise<boolean>;
	/** Hears that the broker has lost it, and what waited in it; all is subscribed to again. */
	readonly onLost?: () => void;
}

/** What a session is made of besides. */
export interface SessionSetting {
	readonly limits: { readonly maxUnsent: number };
	readonly connection: (address: HostPort) => AddressOptions;
}

export interface SessionDeps extends Pick<DataChannelDeps, "log" | "grants" | "broken"> {
	readonly guard: CallGuard;
	/** Has it connected from now on, while the main connection is there; until it is told that it has ended. */
	readonly opened: (channel: DataChannel) => void;
	readonly ended: (channel: DataChannel) => void;
}

/**
 * A session that a broker keeps for a piece of work, whichever program does it. Each message is acknowledged once it is
 * done, behind what came of it, and not before, however long that takes.
 */
export class BrokerSession implements DataSink {
	readonly #channel: DataChannel;
	readonly #deps: SessionDeps;
	readonly #idle = Promise.withResolvers<void>();
	#isFinished = false;

	constructor(options: SessionOptions, setting: SessionSetting, deps: SessionDeps) {
		this.#deps = deps;
		const { log, grants, broken } = deps;
		const { onLost: onSessionLost, ...kept } = options;
		this.#channel = new DataChannel(
			{
				...{ sessionId: undefined, isPatient: true, ...kept, ...setting },
				...(onSessionLost !== undefined && { onSessionLost }),
			},
			{ log, grants, broken, onReady: () => {}, onIdle: () => this.#onIdle() },
		);
	}

	/** Why nothing may come; undefined while it does. */
	get problem(): string | undefined {
		return this.#channel.problem;
	}

	/** Whether it is connected, and subscribed to everything. */
	get isReady(): boolean {
		return this.#channel.isReady;
	}

	/** Whether the broker had none before the current connection: what was sent before that is only what it retains. */
	get isNew(): boolean {
		return this.#channel.isNew;
	}

	/** Connects, now or once the broker can be reached. */
	open(): void {
		this.#deps.opened(this.#channel);
	}

	/**
	 * Hears a topic, or a filter that is one of the session's own. A handler that throws is done with the message; any
	 * other calls `done` of what has it.
	 */
	async subscribe(filter: string, handler: MessageHandler): Promise<Unsubscribe> {
		const guarded = this.#deps.guard.handler((message) => {
			try {
				handler(message);
			} catch (error) {
				message.done?.();
				throw error;
			}
		});
		await this.#channel.subscribe(filter, guarded);
		return () => this.#channel.unsubscribe(filter, guarded);
	}

	/** See `DataSink.publishData`; bytes stay as they are until it resolves. What is in flight at the end never does. */
	publishData(topic: string, payload: string | Uint8Array, qos: Qos): Promise<void> | undefined {
		return this.#channel.publish(topic, payload, qos);
	}

	/** While it is held nothing is read. */
	hold(isHeld: boolean): void {
		this.#channel.hold(isHeld);
	}

	/** Takes nothing more; resolves when all it has taken is done, and acknowledged. */
	finish(): Promise<void> {
		this.#isFinished = true;
		this.#channel.finish();
		this.#onIdle();
		return this.#idle.promise;
	}

	/** Sends what waits and disconnects; the broker keeps the session. */
	async leave(): Promise<void> {
		await this.#channel.leave();
		this.#end();
	}

	/** Disconnects at once; nothing more comes out of it. */
	cut(): void {
		this.#isFinished = true;
		this.#channel.finish();
		this.#end();
		this.#onIdle();
	}

	#end(): void {
		this.#deps.ended(this.#channel);
		this.#channel.close();
	}

	#onIdle(): void {
		if (this.#isFinished && this.#channel.isIdle) this.#idle.resolve();
	}
}
