// Connections of a CCM to the broker a CSM is behind.
import type { CsmMessage, CsmMqtt } from "../../../src/csm-client/mod.ts";
import { ExternalBroker } from "../../../src/mqtt/external.ts";
import { externalOptions } from "../../support/embedded.ts";
import { quietLog } from "../../support/log.ts";

/** An MQTT client of its own, connected; to be stopped. */
export async function connectTo(url: string): Promise<ExternalBroker> {
	const port = Number(new URL(url).port);
	const broker = new ExternalBroker(externalOptions({ port, isRequest: () => false }), quietLog);
	await broker.start();
	return broker;
}

/** A message on its way, in either direction. */
export interface Passing {
	readonly topic: string;
	readonly json: Readonly<Record<string, unknown>>;
	readonly isRequest: boolean;
}

/** Passes messages on, but those that are lost. */
export class LossyMqtt implements CsmMqtt {
	readonly #mqtt: CsmMqtt;
	readonly #reconnected: (() => void)[] = [];
	/** Whether a message is lost. */
	loses: (message: Passing) => boolean = () => false;
	/** Requests, those that were lost included. */
	readonly sent: Passing[] = [];

	constructor(mqtt: CsmMqtt) {
		this.#mqtt = mqtt;
	}

	/** Operations that were sent since the last look, by graph. */
	takeSent(): Passing[] {
		return this.sent.splice(0);
	}

	async publish(topic: string, payload: string, options: { readonly qos: 2 }): Promise<void> {
		const message = { topic, json: JSON.parse(payload), isRequest: true };
		this.sent.push(message);
		if (!this.loses(message)) await this.#mqtt.publish(topic, payload, options);
	}

	subscribe(filter: string, handler: (message: CsmMessage) => void): Promise<unknown> {
		return this.#mqtt.subscribe(filter, (message) => {
			const text = new TextDecoder().decode(message.payload);
			const json = text.startsWith("{") ? JSON.parse(text) : {};
			if (!this.loses({ topic: message.topic, json, isRequest: false })) handler(message);
		});
	}

	onReconnect(listener: () => void): void {
		this.#reconnected.push(listener);
		this.#mqtt.onReconnect(listener);
	}

	/** As if the broker had been away for a moment. */
	reconnect(): void {
		for (const listener of this.#reconnected) listener();
	}
}
