/** A message as it goes out to one reader. */
export interface OutgoingMessage {
	/** UTF-8. */
	readonly topic: Uint8Array;
	readonly payload: string | Uint8Array;
	readonly qos: number;
	readonly retain: boolean;
	/** Sent before (`MQTT 3.1.1 §3.3.1.1`). */
	readonly dup: boolean;
	/** Packet id; only of QoS 1 and 2. */
	readonly id: number | undefined;
}

/** A PUBLISH packet of QoS 0, not retained (`MQTT 3.1.1 §3.3`). */
export function plainFrame(topic: Uint8Array, payload: string | Uint8Array): Buffer {
	return publishFrame({ topic, payload, qos: 0, retain: false, dup: false, id: undefined });
}

/** A PUBLISH packet (`MQTT 3.1.1 §3.3`). */
export function publishFrame({ topic, payload, qos, retain, dup, id }: OutgoingMessage): Buffer {
	const payloadBytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
	let length = 2 + topic.length + (id === undefined ? 0 : 2) + payloadBytes;
	const headerBytes = length < 128 ? 2 : length < 16_384 ? 3 : length < 2_097_152 ? 4 : 5;
	const frame = Buffer.allocUnsafe(headerBytes + length);
	frame[0] = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
	let at = 1;
	do {
		frame[at++] = (length & 0x7f) | (length > 127 ? 0x80 : 0);
		length >>>= 7;
	} while (length > 0);
	frame[at++] = topic.length >> 8;
	frame[at++] = topic.length & 0xff;
	frame.set(topic, at);
	at += topic.length;
	if (id !== undefined) {
		frame[at++] = id >> 8;
		frame[at++] = id & 0xff;
	}
	if (typeof payload === "string") frame.write(payload, at);
	else frame.set(payload, at);
	return frame;
}
