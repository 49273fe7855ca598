import type { LinkKey } from "../../contract/mod.ts";
import { type Logger, messageOf } from "../../kit/mod.ts";
import type { BrokerMessage, MqttPort, Unsubscribe } from "../../mqtt/mod.ts";

export interface FeatureLinksDeps {
	readonly broker: Pick<MqttPort, "subscribe">;
	/** A feature is linked now, or no longer. */
	readonly onLinked: (feature: string, isLinked: boolean) => void;
	/** A graph has a value for a feature: JSON text as it came, not checked. */
	readonly onValue: (feature: string, text: string) => void;
	readonly log: Logger;
}

interface Output {
	readonly topic: string;
	/** Undefined: the broker refused it. */
	readonly opened: Promise<Unsubscribe | undefined>;
}

/** The linked features of one device that the server sends and listens for, since it does not use MQTT itself. */
export class FeatureLinks {
	readonly #deps: FeatureLinksDeps;
	readonly #inputs = new Map<string, string>();
	readonly #outputs = new Map<string, Output>();

	constructor(deps: FeatureLinksDeps) {
		this.#deps = deps;
	}

	/** Names of linked features, each once. */
	get names(): string[] {
		return [...new Set([...this.#inputs.keys(), ...this.#outputs.keys()])];
	}

	/** The topic of an input that is linked. */
	topicOf(feature: string): string | undefined {
		return this.#inputs.get(feature);
	}

	/** A feature has a topic; resolves when the broker passes on what comes on it. */
	async add({ mode, feature }: LinkKey, topic: string): Promise<void> {
		const isNew = !this.#has(feature);
		let opened: Output["opened"] | undefined;
		if (mode === "idf") this.#inputs.set(feature, topic);
		else if (this.#outputs.get(feature)?.topic !== topic) {
			const former = this.#outputs.get(feature);
			opened = this.#listen(feature, topic);
			this.#outputs.set(feature, { topic, opened });
			if (former !== undefined) void end(former);
		}
		if (isNew) this.#deps.onLinked(feature, true);
		await opened;
	}

	async remove({ mode, feature }: LinkKey): Promise<void> {
		const wasThere = this.#has(feature);
		const output = mode === "odf" ? this.#outputs.get(feature) : undefined;
		if (mode === "idf") this.#inputs.delete(feature);
		else this.#outputs.delete(feature);
		if (wasThere && !this.#has(feature)) this.#deps.onLinked(feature, false);
		if (output !== undefined) await end(output);
	}

	/** Listens to nothing any more. */
	async close(): Promise<void> {
		const outputs = [...this.#outputs.values()];
		this.#inputs.clear();
		this.#outputs.clear();
		await Promise.all(outputs.map(end));
	}

	#has(feature: string): boolean {
		return this.#inputs.has(feature) || this.#outputs.has(feature);
	}

	async #listen(feature: string, topic: string): Promise<Unsubscribe | undefined> {
		const { broker, onValue, log } = this.#deps;
		const take = ({ retained, payload }: BrokerMessage) => {
			if (!retained) onValue(feature, Buffer.from(payload).toString());
		};
		try {
			return await broker.subscribe(topic, take);
		} catch (error) {
			log.warn("cannot listen for a device that speaks HTTP", {
				feature,
				topic,
				reason: messageOf(error),
			});
			return undefined;
		}
	}
}

async function end({ opened }: Output): Promise<void> {
	// A broker that cannot be asked has forgotten it with the connection.
	await (await opened)?.().catch(() => {});
}
