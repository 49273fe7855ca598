import { API_REQUESTS, deviceOfUplink, graphName, isUplink } from "../contract/mod.ts";
import { partitionOf } from "./partition-of.ts";

const HANDED = "iottalk/part/";
/** Digits in front of a message id that say which partition waits for the answer; there are 4096 at most (`config.ts`). */
const DIGITS = 3;
const HEX = 16;
/** An answer is small; what is longer is not looked into. */
const MAX_ANSWER_BYTES = 64 * 1024;
const ID = /^[0-9a-f]{3}/i;

/**
 * The partition that a control message is for: presence, answers to signals, and requests (`csm.md §3.1, §4.1`). It is that
 * of the device, of the graph (`CLIENT/GRAPH`) or, of other requests, of the client; an answer is for the one that sent the
 * signal, since the graph's partition and not the device's may have. Messages of one topic that have an order go to one
 * partition.
 * @param partitions How many there are, without the router's.
 * @returns undefined for any other topic.
 */
export function partitionOfControl(
	topic: string,
	payload: Uint8Array,
	partitions: number,
): number | undefined {
	if (topic.startsWith(API_REQUESTS)) {
		const [client = "", service, graph] = topic.slice(API_REQUESTS.length).split("/");
		const isGraph = service === "graph" && graph !== undefined && graph !== "";
		return partitionOf(isGraph ? graphName({ client, graph }) : client, partitions);
	}
	if (!isUplink(topic)) return undefined;
	return answeredBy(payload, partitions) ?? partitionOf(deviceOfUplink(topic), partitions);
}

/** A message id whose answer comes back to the partition that sent it. @param uuid A fresh one. */
export function messageIdOf(partition: number, uuid: string): string {
	return partition.toString(HEX).padStart(DIGITS, "0") + uuid.slice(DIGITS);
}

/** The topic on which a partition gets a control message. */
export function handedTopic(partition: number, topic: string): string {
	return `${HANDED}${partition}/${topic}`;
}

/** The filter by which a partition hears its control messages. */
export function handedFilter(partition: number): string {
	return `${HANDED}${partition}/#`;
}

/** The topic that a control message was published on; undefined: it was not handed by the router. */
export function originalTopic(topic: string): string | undefined {
	if (!topic.startsWith(HANDED)) return undefined;
	const slash = topic.indexOf("/", HANDED.length);
	return slash < 0 || slash === topic.length - 1 ? undefined : topic.slice(slash + 1);
}

/** Undefined: it is not an answer, or one to an id that is not ours. */
function answeredBy(payload: Uint8Array, partitions: number): number | undefined {
	if (payload.length > MAX_ANSWER_BYTES) return undefined;
	const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
	// Presence is most of what there is.
	if (!text.includes('"msg_id"')) return undefined;
	const id = messageIdIn(text);
	if (id === undefined || !ID.test(id)) return undefined;
	const partition = Number.parseInt(id.slice(0, DIGITS), HEX);
	return partition < partitions ? partition : undefined;
}

function messageIdIn(text: string): string | undefined {
	try {
		const value: unknown = JSON.parse(text);
		const isObject = typeof value === "object" && value !== null && "msg_id" in value;
		return isObject && typeof value.msg_id === "string" ? value.msg_id : undefined;
	} catch {
		return undefined;
	}
}
