import {
	API_REQUESTS,
	deviceOfUplink,
	type GraphKey,
	graphName,
	isUplink,
	uplinkOf,
} from "../contract/mod.ts";
import type { HandedMark } from "../mqtt/mod.ts";
import { partitionOf } from "./partition-of.ts";

const HANDED = "iottalk/part/";
const LINKS = "iottalk/link/";
const NO_MARK = "-";
const REPEATED = "r";
const STORED = "s";
/** Partition, mark and topic. */
const WORDS = /^iottalk\/part\/\d+\/([^/]+)\/(.+)$/s;
/** Of a mark, packet id, and whether it may have come before. No full stops: RabbitMQ delivers them as `/`. */
const WORD = /^(\d+-\d+)-(\d+)([rs]?)$/;
const DETACH = "iottalk/detach/";

/**
 * The partition that a control message is for (`csm.md §3.1, §4.1`): that of the device for what it says of itself and its
 * answers to signals, that of the graph (`CLIENT/GRAPH`) for requests, or of the client for those that are for no one
 * graph. Messages of one topic go to one partition, in their order.
 * @param partitions How many there are, without the router's.
 * @returns undefined for any other topic.
 */
export function partitionOfControl(topic: string, partitions: number): number | undefined {
	if (topic.startsWith(API_REQUESTS)) {
		const [client = "", service, graph] = topic.slice(API_REQUESTS.length).split("/");
		const isGraph = service === "graph" && graph !== undefined && graph !== "";
		return partitionOf(isGraph ? graphName({ client, graph }) : client, partitions);
	}
	return isUplink(topic) ? partitionOf(deviceOfUplink(topic), partitions) : undefined;
}

/** Whether a filter is one of messages that are handed to partitions. */
export function isControl(filter: string): boolean {
	const known = [API_REQUESTS, LINKS, DETACH];
	return filter === uplinkOf("+") || known.some((start) => filter.startsWith(start));
}

/** Tells the node of a device that its links have changed. @param daId `+` for any. */
export function linksTopic(daId: string): string {
	return LINKS + daId;
}

/** The device of a {@link linksTopic}. */
export function deviceOfLinks(topic: string): string {
	return topic.slice(LINKS.length);
}

/** Tells the node of a graph to detach it. @param key `+` for any client or graph. */
export function detachTopic(key: GraphKey): string {
	return DETACH + graphName(key);
}

/** The graph of a {@link detachTopic}. */
export function graphOfDetach(topic: string): GraphKey {
	const [client = "", graph = ""] = topic.slice(DETACH.length).split("/");
	return { client, graph };
}

/**
 * The topic on which a partition gets a control message.
 * @param handed Undefined: it is not one that a router hands on.
 */
export function handedTopic(partition: number, topic: string, handed?: HandedMark): string {
	return `${HANDED}${partition}/${handed === undefined ? NO_MARK : wordOf(handed)}/${topic}`;
}

/** The filter by which a partition hears its control messages. */
export function handedFilter(partition: number): string {
	return `${HANDED}${partition}/#`;
}

/** What a topic says that a partition gets. */
export interface HandedTopic {
	/** The topic that it was published on. */
	readonly topic: string;
	/** Undefined: no router handed it on. */
	readonly handed: HandedMark | undefined;
}

/** Reads a {@link handedTopic}; undefined: it is none. */
export function readHanded(topic: string): HandedTopic | undefined {
	const [, word = "", original] = WORDS.exec(topic) ?? [];
	if (original === undefined) return undefined;
	const [, mark, packetId, before] = WORD.exec(word) ?? [];
	if (mark === undefined) {
		return word === NO_MARK ? { topic: original, handed: undefined } : undefined;
	}
	const [isRepeated, isStored] = [before === REPEATED, before === STORED];
	return { topic: original, handed: { mark, packetId: Number(packetId), isRepeated, isStored } };
}

function wordOf({ mark, packetId, isRepeated, isStored = false }: HandedMark): string {
	return `${mark}-${packetId}${isRepeated ? REPEATED : isStored ? STORED : ""}`;
}
