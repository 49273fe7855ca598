/** A message of CSM's. */
export interface CsmMessage {
	readonly topic: string;
	/** Valid only during the handler's call. */
	readonly payload: Uint8Array;
	readonly retained: boolean;
}

/** What speaking to a CSM takes of MQTT, whichever broker it is behind. */
export interface CsmMqtt {
	publish(topic: string, payload: string, options: { readonly qos: 2 }): Promise<void>;
	subscribe(filter: string, handler: (message: CsmMessage) => void): Promise<unknown>;
	/** Hears when the broker can be reached again after an outage, subscriptions renewed. */
	onReconnect(listener: () => void): unknown;
}

/** The JSON object of a message; undefined: it is none, or an old one that lies on the broker. */
export function readObject({
	payload,
	retained,
}: CsmMessage): Readonly<Record<string, unknown>> | undefined {
	if (retained) return undefined;
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(payload));
		const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
		return isObject ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}
