import { dataTopic } from "../contract/mod.ts";

/** The partition of the router, which hands control messages to the others; the rest are numbered from 0. */
export const ROUTER = -1;
/** That of the project manager: its row is there once a node that could run it has joined, and only such nodes take it. */
export const PROJECTS = -2;

/** What data of a partition's graphs is subscribed to by; see {@link inputTopic}. */
export function dataFilter(partition: number): string {
	return dataTopic(`${partition}/+`);
}

/** The topic of an input of a graph in a partition, for its data. @param id A UUID of its own. */
export function inputTopic(partition: number, id: string): string {
	return dataTopic(`${partition}/${id}`);
}

/**
 * The partition that a graph (`CLIENT/GRAPH`), a device (`da_id`) or a client belongs to: the first four bytes of the
 * SHA-256 of its UTF-8, modulo their number. All nodes and versions must agree on it.
 * @param partitions How many there are, without the router's.
 */
export function partitionOf(key: string, partitions: number): number {
	return new Bun.CryptoHasher("sha256").update(key).digest().readUInt32BE(0) % partitions;
}
