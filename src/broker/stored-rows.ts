import { isFilter, isTopic } from "../kit/mod.ts";
import type { StoredMessage, StoredSession } from "./session-disk.ts";

/** Client ids, topics and filters have their length in two bytes (`MQTT 3.1.1 §1.5.3`). */
const MAX_TEXT_BYTES = 65_535;
const MAX_PACKET_ID = 65_535;

/** Why a stored session cannot be restored; undefined when it can. */
export function sessionProblem({ clientId, filters, received }: StoredSession): string | undefined {
	if (clientId === "" || !isShort(clientId)) return "an invalid client id";
	for (const { topic, qos } of filters) {
		if (!isFilter(topic) || !isShort(topic)) return "an invalid topic filter";
		if (!isQos(qos)) return `QoS ${qos}`;
	}
	return received.every(isPacketId) ? undefined : "a packet id out of range";
}

/** Why a stored message cannot be restored; undefined when it can. */
export function messageProblem({ content, qos, packetId }: StoredMessage): string | undefined {
	if (packetId !== null && !isPacketId(packetId)) return `packet id ${packetId}`;
	if (content === null) return packetId === null ? "a release without a packet id" : undefined;
	if (qos !== 1 && qos !== 2) return `QoS ${qos}`;
	return isTopic(content.topic) && isShort(content.topic) ? undefined : "an invalid topic";
}

function isShort(text: string): boolean {
	return Buffer.byteLength(text) <= MAX_TEXT_BYTES;
}

function isQos(value: number): boolean {
	return value === 0 || value === 1 || value === 2;
}

function isPacketId(value: number): boolean {
	return Number.isInteger(value) && value >= 1 && value <= MAX_PACKET_ID;
}
