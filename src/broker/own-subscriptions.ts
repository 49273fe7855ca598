import {
	type CallGuard,
	HandlerTable,
	JoiningHandler,
	type MessageHandler,
	type Unsubscribe,
} from "../mqtt/mod.ts";
import type { RetainedMessage } from "./retained.ts";

export interface OwnSubscriptionsDeps {
	readonly guard: CallGuard;
	/** The broker's own topics under `$SYS`, with their current values. */
	readonly systemMessages: (filter: string) => readonly RetainedMessage[];
	readonly retained: { matching(filters: readonly string[]): AsyncIterable<RetainedMessage> };
	/** A filter has got its handlers, or lost some. */
	readonly onChange: (filter: string) => void;
}

/** What the server itself subscribes to at its built-in broker. */
export class OwnSubscriptions {
	readonly #deps: OwnSubscriptionsDeps;
	readonly #handlers = new HandlerTable();
	/** Before that nothing retained is handed over: it is from before a restart, and may be outdated. */
	#hasStarted = false;

	constructor(deps: OwnSubscriptionsDeps) {
		this.#deps = deps;
	}

	/** From now on a new handler gets what is retained. */
	start(): void {
		this.#hasStarted = true;
	}

	/** Handlers of all filters a topic matches. */
	of(topic: string): MessageHandler[] {
		return this.#handlers.of(topic);
	}

	/** See `MqttPort.subscribe`. */
	async subscribe(filter: string, handler: MessageHandler): Promise<Unsubscribe> {
		const { guard, onChange } = this.#deps;
		const guarded = guard.handler(handler);
		if (this.#hasStarted) await this.#join(filter, guarded);
		else {
			this.#handlers.add(filter, guarded);
			onChange(filter);
		}
		return async () => {
			this.#handlers.delete(filter, guarded);
			onChange(filter);
		};
	}

	/** Adds a handler and hands it what is retained, while it hears live messages already. */
	async #join(filter: string, handler: MessageHandler): Promise<void> {
		const { onChange } = this.#deps;
		const joining = new JoiningHandler(handler);
		this.#handlers.add(filter, joining.live);
		onChange(filter);
		await this.#handRetained(filter, joining.fetched);
		joining.joined();
		// Data of graphs takes no detour from here on.
		this.#handlers.replace(filter, joining.live, handler);
		onChange(filter);
	}

	async #handRetained(filter: string, handler: MessageHandler): Promise<void> {
		const { systemMessages, retained } = this.#deps;
		const unknown = { clientId: null, user: null, connection: null };
		const hand = ({ topic, payload, qos }: RetainedMessage) =>
			handler({ topic, payload, retained: true, qos, ...unknown });
		for (const message of systemMessages(filter)) hand(message);
		for await (const message of retained.matching([filter])) hand(message);
	}
}
