/** A PUBLISH packet of QoS 0, not retained (`MQTT 3.1.1 §3.3`). */
export function plainFrame(topic: Uint8Array, payload: string): Buffer {
	const payloadBytes = Buffer.byteLength(payload);
	let length = 2 + topic.length + payloadBytes;
	const headerBytes = length < 128 ? 2 : length < 16_384 ? 3 : length < 2_097_152 ? 4 : 5;
	const frame = Buffer.allocUnsafe(headerBytes + length);
	frame[0] = 0x30;
	let at = 1;
	do {
		frame[at++] = (length & 0x7f) | (length > 127 ? 0x80 : 0);
		length >>>= 7;
	} while (length > 0);
	frame[at++] = topic.length >> 8;
	frame[at++] = topic.length & 0xff;
	frame.set(topic, at);
	frame.write(payload, at + topic.length);
	return frame;
}
