import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InvariantError, isJson, MAX_DATA_NESTING, nestsTooDeep } from "../../kit/mod.ts";
import type { Waiting } from "./message-queue.ts";
import { DropAnswer, PrepareAnswer } from "./protocol.ts";

/** JSON may write each character as six, `\\u0000`. */
const MOST_PER_CHAR = 6;
const SHORT = 64;
/** A function may keep more in its slot than may be published. */
const MAX_DROPPED_CHARS = 1 << 24;

/** What is left of a graph that moved out of the engine. */
export interface DroppedGraph {
	/** Slots by link id, as JSON text; null where the slot was not JSON. */
	readonly slots: Readonly<DropAnswer>;
	/** Messages that had not been sent to the engine yet, oldest first. */
	readonly waiting: readonly Waiting[];
}

/**
 * Reads JSON of the engine. User code runs on the other side, so nothing is taken for granted.
 * @throws InvariantError when it is not what the schema says.
 */
export function checked<T extends TSchema>(schema: T, text: string): Static<T> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {}
	if (!Value.Check(schema, value)) throw new InvariantError("it sent a record of the wrong shape");
	return value;
}

/**
 * Reads the answer to `prepare`: why the function cannot be made, null when it is.
 * @throws InvariantError when it makes no sense.
 */
export function readPrepared(text: string): Static<typeof PrepareAnswer> {
	refuseLonger(text, MOST_PER_CHAR * (PrepareAnswer.anyOf[0].maxLength ?? 0) + SHORT);
	return checked(PrepareAnswer, text);
}

/** Reads an answer that tells nothing. @throws InvariantError when it does. */
export function readNothing(text: string): void {
	if (text !== "null") throw new InvariantError("it sent an unexpected answer");
}

/**
 * Reads the answer to `drop`: slots by link id, as JSON text that may be published. One that is
 * longer, or nests deeper, than a message may is left out.
 * @param linkIds Inputs of the graph; others are not asked for.
 * @param maxBytes Longest slot.
 * @throws InvariantError when it makes no sense.
 */
export function readDropped(
	text: string,
	linkIds: ReadonlySet<number>,
	maxBytes: number,
): DropAnswer {
	refuseLonger(text, Math.max(MAX_DROPPED_CHARS, linkIds.size * (2 * maxBytes + SHORT)));
	const slots = checked(DropAnswer, text);
	const kept = Object.entries(slots).map(([id, slot]) => {
		if (!linkIds.has(Number(id))) throw new InvariantError("it sent a slot of an unknown link");
		if (slot === null || slot.length > maxBytes || nestsTooDeep(slot, MAX_DATA_NESTING)) {
			return [id, null] as const;
		}
		if (!isJson(slot)) throw new InvariantError("it sent a slot that is not JSON");
		return [id, slot] as const;
	});
	return Object.fromEntries(kept);
}

/** @throws InvariantError when a text is longer. */
export function refuseLonger(text: string, most: number): void {
	if (text.length > most) {
		throw new InvariantError(`it answered with ${text.length} characters, at most ${most}`);
	}
}
