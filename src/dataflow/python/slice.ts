import { InvariantError } from "../../kit/mod.ts";
import { checked } from "./answers.ts";
import { EngineError, Printed, SEPARATOR } from "./protocol.ts";

/** One record of the engine's answer to a batch. */
export type SliceRecord =
	| { readonly kind: "output"; readonly linkId: number; readonly json: string }
	| { readonly kind: "monitor"; readonly graph: number; readonly json: string }
	/** The graph has a data record to be asked for. */
	| { readonly kind: "ready"; readonly graph: number }
	/** What follows comes of this message of the batch, or of later ones; told where the QoS changes. */
	| { readonly kind: "cause"; readonly message: number }
	| { readonly kind: "printed"; readonly printed: Printed }
	| { readonly kind: "error"; readonly error: EngineError };

export interface Slice {
	/** Messages done since the last slice. */
	readonly done: number;
	/** How long they took, and the last of them, by the engine's own clock; undefined when it does not say. */
	readonly took: { readonly ms: number; readonly lastMs: number } | undefined;
	readonly records: readonly SliceRecord[];
}

/** The most that an honest engine has to say. */
export interface SliceBounds {
	/** Longest message to publish. */
	readonly maxResultBytes: number;
	/** Characters one message's functions may print. */
	readonly maxPrintChars: number;
	/** Longest source of a function. */
	readonly maxSourceChars: number;
	/** Outputs of the graph that has most of them. */
	readonly maxOutputs: number;
}

/** What an engine may answer for; true for what is gone, which it may not know yet. */
export interface Owned {
	/** @param linkId Of an output. */
	output(linkId: number): boolean;
	graph(number: number): boolean;
}

/**
 * Of a message, beside what each output has to say: its QoS, data record or news of one, print, failure beside the
 * outputs.
 */
const OTHER_RECORDS = 4;
/** Values in a data record beside the outputs' (`csm.md §6`). */
const OTHER_VALUES = 6;
/** A link's name in a data record: an id and a feature of 1024 characters, each written as six. */
const NAME_CHARS = 8192;
/** What the engine puts behind a print that was cut. */
const CUT_CHARS = 16;
/** JSON may write each character as six. */
const MOST_PER_CHAR = 6;
const ERROR_CHARS = 65_536;
const HEAD = /^(\d{1,9})(?: (\d{1,12}) (\d{1,12}))?$/;

/**
 * Reads one answer to a batch. User code runs on the other side, so nothing is taken for granted.
 * @param left Messages of the batch that are not done yet.
 * @param owns What the engine may answer for; everything when absent.
 * @throws InvariantError when the answer makes no sense.
 */
export function readSlice(text: string, left: number, bounds: SliceBounds, owns?: Owned): Slice {
	const most = 1 + 2 * left * (2 * bounds.maxOutputs + OTHER_RECORDS);
	const fields = text.split(SEPARATOR, most + 1);
	if (fields.length > most) throw new InvariantError(`it sent more than ${most} fields`);
	if (fields.length % 2 === 0) throw new InvariantError("it sent an incomplete record");
	const { done, took } = readHead(fields[0] ?? "", left);
	const records: SliceRecord[] = [];
	for (let at = 1; at + 1 < fields.length; at += 2) {
		const record = readRecord(fields[at] ?? "", fields[at + 1] ?? "", bounds);
		if (owns !== undefined && !isOwn(record, owns)) {
			throw new InvariantError("it answered for a graph of another engine");
		}
		records.push(record);
	}
	return { done, took, records };
}

/** Messages done; behind blanks the microseconds they took, and the last of them. */
function readHead(text: string, left: number): Pick<Slice, "done" | "took"> {
	const [, count, micros, lastMicros] = HEAD.exec(text) ?? [];
	const done = Number(count);
	const ms = Number(micros ?? 0) / 1000;
	const lastMs = Number(lastMicros ?? 0) / 1000;
	if (!Number.isInteger(done) || done < 1 || done > left || lastMs > ms) {
		throw new InvariantError(`it reported ${text.slice(0, 40)} messages done of ${left}`);
	}
	return { done, took: micros === undefined ? undefined : { ms, lastMs } };
}

function isOwn(record: SliceRecord, owns: Owned): boolean {
	switch (record.kind) {
		case "output":
			return owns.output(record.linkId);
		case "error":
			return owns.graph(record.error.graph);
		case "printed":
			return owns.graph(record.printed.graph);
		case "cause":
			return true;
		default:
			return owns.graph(record.graph);
	}
}

function readRecord(target: string, value: string, bounds: SliceBounds): SliceRecord {
	switch (target.charCodeAt(0)) {
		case E:
			return { kind: "error", error: readError(value, bounds) };
		case P:
			return { kind: "printed", printed: readPrinted(value, bounds) };
		case M:
			return { kind: "monitor", graph: idOf(target.slice(1)), json: dataRecord(value, bounds) };
		case N:
			if (value !== "") throw new InvariantError("it announced a record with a text");
			return { kind: "ready", graph: idOf(target.slice(1)) };
		case Q:
			return { kind: "cause", message: positionOf(value) };
	}
	if (value.length > bounds.maxResultBytes) {
		throw new InvariantError(`it tried to publish ${value.length} bytes`);
	}
	if (!isBetween(value, OPEN_ARRAY, CLOSE_ARRAY)) {
		throw new InvariantError("it tried to publish something that is not an array");
	}
	return { kind: "output", linkId: idOf(target), json: value };
}

const E = 0x65;
const M = 0x6d;
const N = 0x6e;
const P = 0x70;
const Q = 0x71;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads the answer to `record`: the data record of a graph's newest run, null when there is none.
 * @throws InvariantError when it makes no sense.
 */
export function readRecordAnswer(text: string, bounds: SliceBounds): string | null {
	return text === "null" ? null : dataRecord(text, bounds);
}

function dataRecord(text: string, { maxOutputs, maxResultBytes }: SliceBounds): string {
	const most = (maxOutputs + OTHER_VALUES) * (maxResultBytes + NAME_CHARS);
	if (text.length > most || !isBetween(text, OPEN_OBJECT, CLOSE_OBJECT)) {
		throw new InvariantError(`it sent a data record of ${text.length} characters`);
	}
	return text;
}

function readError(text: string, { maxSourceChars }: SliceBounds): EngineError {
	if (text.length > ERROR_CHARS + MOST_PER_CHAR * maxSourceChars) {
		throw new InvariantError(`it sent an error of ${text.length} characters`);
	}
	const error = checked(EngineError, text);
	if ((error.src ?? "").length > maxSourceChars) {
		throw new InvariantError("it reported a source it was never sent");
	}
	return error;
}

function readPrinted(text: string, { maxPrintChars }: SliceBounds): Printed {
	const most = maxPrintChars + CUT_CHARS;
	if (text.length <= MOST_PER_CHAR * most + ERROR_CHARS) {
		const printed = checked(Printed, text);
		if (printed.text.length <= most) return printed;
	}
	throw new InvariantError(`it printed more than ${maxPrintChars} characters for one message`);
}

function idOf(text: string): number {
	const id = Number(text);
	if (!Number.isSafeInteger(id) || id < 1) {
		throw new InvariantError(`it sent a record for "${text.slice(0, 20)}"`);
	}
	return id;
}

function positionOf(text: string): number {
	const position = Number(text);
	if (text === "" || !Number.isSafeInteger(position) || position < 0) {
		throw new InvariantError(`it sent results of message "${text.slice(0, 20)}"`);
	}
	return position;
}

function isBetween(text: string, first: number, last: number): boolean {
	return text.charCodeAt(0) === first && text.charCodeAt(text.length - 1) === last;
}
