import type { Handed } from "../mqtt/mod.ts";
import type { Columns, Db } from "../store/mod.ts";
import type { PartitionWork } from "./partition-work.ts";
import { clusterTables } from "./schema.ts";

/** A request that the router has handed on. */
export interface HandedRequest {
	/** Whose partition it is in: a graph (`CLIENT/GRAPH`) or a client. */
	readonly key: string;
	/** Of its topic and text. */
	readonly digest: string;
	readonly handed: Handed;
}

/** How a request was answered. */
export interface Answered {
	/** Undefined: it was not kept, since it was sent or is made again. */
	readonly reply: string | undefined;
	/** Whether the broker has it from this node. */
	readonly isSent: boolean;
}

/** What a request is answered. */
export interface GivenAnswer {
	readonly request: HandedRequest;
	/** JSON. */
	readonly reply: string;
}

/** A stored answer. */
export interface AnswerRow {
	readonly part: number;
	/** Grows with each of a partition. */
	readonly number: number;
	readonly mark: string;
	readonly packetId: number;
	readonly digest: string;
	readonly reply: string;
}

interface Known {
	readonly mark: string;
	readonly place: string;
	readonly answered: Answered;
}

interface Part {
	next: number;
	/** By the mark of what was handed on, oldest first. */
	readonly byMark: Map<string, Known>;
	/** By packet id and digest: of several, the last. */
	readonly byPlace: Map<string, Known>;
}

/** Answers that are stored of each partition: more than a broker leaves unacknowledged. */
const KEPT = 256;
/** Requests of each partition that are known, those that change nothing included. */
const KNOWN = 1024;
/** Longest reply that is stored whole, characters. */
const MAX_LENGTH = 16 << 10;
const MAX_FIELD = 1000;

/**
 * How the last requests of a node's partitions were answered. Each may come again: when a router or a node dies, what it had
 * not acknowledged goes to the next one. What was handed on twice by one router has the same mark; what another router
 * hands on again has, by the broker's word, the packet id that it had before.
 */
export class AnsweredRequests {
	readonly #parts = new Map<number, Part>();

	/** Takes partitions over. @param rows Their stored answers, in order. */
	begin(partitions: ReadonlySet<number>, rows: readonly AnswerRow[]): void {
		for (const partition of partitions) this.#parts.set(partition, newPart());
		for (const { part: partition, number, mark, packetId, digest, reply } of rows) {
			const part = this.#parts.get(partition);
			if (part === undefined) continue;
			part.next = Math.max(part.next, number + 1);
			enter(part, { mark, place: placeOf(packetId, digest), answered: { reply, isSent: false } });
		}
	}

	/** Leaves a partition. */
	end(partition: number): void {
		this.#parts.delete(partition);
	}

	/** Work for partitions that begins with what is stored of their requests. @param stored Reads that, in order. */
	remembering(
		work: PartitionWork,
		stored: (partitions: ReadonlySet<number>) => Promise<AnswerRow[]>,
	): PartitionWork {
		return {
			begin: async (partitions) => {
				this.begin(partitions, await stored(partitions));
				await work.begin(partitions);
			},
			end: async (partition, isLost) => {
				await work.end(partition, isLost);
				this.end(partition);
			},
		};
	}

	/** How a request was answered when it came before; undefined: it did not. */
	find(partition: number, { digest, handed }: HandedRequest): Answered | undefined {
		const part = this.#parts.get(partition);
		const again = part?.byMark.get(handed.mark);
		if (again !== undefined) return again.answered;
		if (!handed.isRepeated || handed.packetId === 0) return undefined;
		return part?.byPlace.get(placeOf(handed.packetId, digest))?.answered;
	}

	/** A request was answered. */
	note(partition: number, { digest, handed }: HandedRequest, answered: Answered): void {
		const part = this.#parts.get(partition);
		const place = placeOf(handed.packetId, digest);
		if (part !== undefined) enter(part, { mark: handed.mark, place, answered });
	}

	/** Stores an answer, in the unit of work of what the request has changed. @param db Of the unit of work. */
	async store(
		db: Db,
		columns: Columns,
		{ partition, request, reply }: GivenAnswer & { readonly partition: number },
	): Promise<void> {
		const part = this.#parts.get(partition);
		// It is another node's by now, which the unit of work finds out as well.
		if (part === undefined) return;
		const number = part.next;
		part.next += 1;
		const { requests } = clusterTables(columns);
		const { digest, handed } = request;
		const { mark, packetId } = handed;
		const values = { number, mark, packetId, digest, reply: shortened(reply) };
		await db
			.insert(requests)
			.values({ part: partition, slot: number % KEPT, ...values })
			.onConflictDoUpdate({ target: [requests.part, requests.slot], set: values });
	}
}

function newPart(): Part {
	return { next: 0, byMark: new Map(), byPlace: new Map() };
}

function enter({ byMark, byPlace }: Part, known: Known): void {
	byMark.set(known.mark, known);
	byPlace.set(known.place, known);
	if (byMark.size <= KNOWN) return;
	const [oldest] = byMark.values();
	if (oldest === undefined) return;
	byMark.delete(oldest.mark);
	if (byPlace.get(oldest.place) === oldest) byPlace.delete(oldest.place);
}

function placeOf(packetId: number, digest: string): string {
	return `${packetId} ${digest}`;
}

/** A reply repeats what was asked, which may be long: of such a one only what came of it is stored. */
function shortened(reply: string): string {
	if (reply.length <= MAX_LENGTH) return reply;
	const { op, state, reason } = JSON.parse(reply) as Record<string, unknown>;
	return JSON.stringify({ op: cut(op), state, reason: cut(reason) });
}

function cut(value: unknown): unknown {
	return typeof value === "string" ? value.slice(0, MAX_FIELD) : undefined;
}
