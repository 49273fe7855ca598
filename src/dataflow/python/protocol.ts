import { type Static, Type } from "@sinclair/typebox";

/** Separates the fields of a batch; a control character JSON text cannot hold. */
export const SEPARATOR = "\x1e";

/**
 * In front of a link id in a batch: the message is of another QoS than the one before it. The engine says where what
 * comes of it begins.
 */
export const OTHER_QOS = "+";

/** File descriptor of the channel in the engine's process. */
export const ENGINE_CHANNEL = 3;

/** Longest time the engine works on a batch before it answers with what is done (`limits.py`). */
export const SLICE_MS = 20;

/** What an engine and its functions may use; each has a key in the ini's [esm] section. */
export interface EngineLimits {
	/** Time one message, or a source's top level, may take. */
	readonly callTimeoutMs: number;
	/** Time one batch of messages may take. */
	readonly batchTimeoutMs: number;
	/** What Python's memory may grow to. */
	readonly maxMemoryBytes: number;
	/** Longest message that is published. */
	readonly maxResultBytes: number;
	/** Depth of Python calls. */
	readonly recursionLimit: number;
	/** Characters one message's functions may print. */
	readonly maxPrintChars: number;
	/** Whether it polls for the next request for a moment before it sleeps. */
	readonly busyPoll: boolean;
	/** Folder of wheels for the Python inside this program; empty for none. */
	readonly packagesDir: string;
}

/** The limits as `limits.py` takes them. */
export function limitsText(limits: EngineLimits): string {
	return JSON.stringify({
		call_ms: limits.callTimeoutMs,
		batch_ms: limits.batchTimeoutMs,
		memory: limits.maxMemoryBytes,
		result: limits.maxResultBytes,
		recursion: limits.recursionLimit,
		print: limits.maxPrintChars,
	});
}

/**
 * Host → engine, once the engine has said `ready`. Every request gets one answer, in order; a
 * batch gets slices until none is left.
 */
export interface EngineRequest {
	readonly ask: "prepare" | "release" | "declare" | "drop" | "record" | "batch" | "tool";
	readonly text: string;
}

/** Engine → host. */
export type EngineReply =
	| {
			readonly answer: "ready";
			/** Why the kernel does not filter the engine's system calls; empty when it does. */
			readonly unfiltered: string;
	  }
	| { readonly answer: "done" | "slice"; readonly text: string };

/** One use of a function, as the engine's `prepare` wants it. */
export interface PrepareRequest {
	readonly handle: number;
	readonly digest: string;
	readonly code: string;
	readonly helpers: readonly { alias: string; digest: string; code: string }[];
	/** Not null: do not run the source, report this on every call. */
	readonly broken: string | null;
}

/** What monitor messages call a link: device id and feature. */
export type LinkName = readonly [string, string];

/** The wanted state of one graph, as the engine's `declare` wants it. Handles are of `prepare`. */
export interface GraphSpec {
	readonly graph: number;
	readonly join: number | null;
	/** Data records that are wanted (`csm.md §6`): of each run, or of the newest when the host asks for it. */
	readonly records: "none" | "each" | "newest";
	readonly idfs: readonly {
		readonly id: number;
		readonly name: LinkName;
		readonly func: number | null;
		readonly input_type: string | readonly string[] | null;
		readonly param_no: number | null;
		readonly tag_param_no: number;
		/** JSON text of the slot to begin with; ignored for an input that is already there. */
		readonly slot: string | null;
	}[];
	readonly odfs: readonly {
		readonly id: number;
		readonly name: LinkName;
		readonly func: number | null;
		readonly param_no: number | null;
		readonly tag_param_no: number;
	}[];
}

/** Longest reason of a failure that is taken; the engine's Python cuts them far earlier. */
export const MAX_REASON_CHARS = 8192;

const Kinds = ["data", "time", "batch", "memory", "recursion", "result", "exception"] as const;

/** A message that could not be processed, as the engine reports it. */
export const EngineError = Type.Object({
	graph: Type.Integer({ minimum: 1 }),
	/** A limit's name, `data` for malformed messages, `exception` for failures of functions. */
	kind: Type.Union(Kinds.map((kind) => Type.Literal(kind))),
	stage: Type.Union([Type.Literal("idf"), Type.Literal("join"), Type.Literal("odf"), Type.Null()]),
	digest: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
	src: Type.Union([Type.String(), Type.Null()]),
	reason: Type.String({ maxLength: MAX_REASON_CHARS }),
});
export type EngineError = Static<typeof EngineError>;

/** The same as the host tells it, which has reasons of its own. */
export type MessageError = Omit<EngineError, "kind"> & {
	readonly kind: EngineError["kind"] | "engine" | "quarantine";
};

/** What the functions of a graph printed while they worked on one message. */
export const Printed = Type.Object({ graph: Type.Integer({ minimum: 1 }), text: Type.String() });
export type Printed = Static<typeof Printed>;

/** The answer to `prepare`: why the function cannot be made, null when it is. */
export const PrepareAnswer = Type.Union([
	Type.String({ maxLength: MAX_REASON_CHARS }),
	Type.Null(),
]);

/** The answer to `drop`: slots by link id, as JSON text; null where the slot was not JSON. */
export const DropAnswer = Type.Record(
	Type.String({ pattern: "^[0-9]+$" }),
	Type.Union([Type.String(), Type.Null()]),
	// What is under another key would not be looked at.
	{ additionalProperties: false },
);
export type DropAnswer = Static<typeof DropAnswer>;

/** Link ids of a graph's inputs; none of a graph there is not. */
export function inputsOf(spec: GraphSpec | undefined): Set<number> {
	return new Set(spec?.idfs.map(({ id }) => id));
}
