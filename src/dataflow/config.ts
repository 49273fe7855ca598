import { Type } from "@sinclair/typebox";
import { bytes, count, oneOf, reloadable, section } from "../config/mod.ts";

const COUNTS = [
	...["1", "2", "3", "4", "5", "6", "7", "8"],
	...["9", "10", "11", "12", "13", "14", "15", "16"],
] as const;

/** The engine and limits of graphs. */
export const ESM = section("dataflow", "esm", "The data path: graphs and their Python functions.", {
	engine: oneOf(
		["embedded", "python3"],
		"embedded runs functions in the built-in Python, sandboxed; python3 in the machine's own, with all its packages and without a sandbox: for authors you trust.",
	),
	engines: oneOf(
		["auto", ...COUNTS],
		"Function engines. A graph lives in one of them; a function that is stuck holds up those of its engine. auto is one with up to two processors, otherwise one less than there are processors; at most four, and no more than the memory allows.",
	),
	"busy-poll": oneOf(
		["auto", "off"],
		"auto: with two processors or more, and while messages come in quick succession, server and embedded engine poll for the next one briefly (60 and 400 µs) before they sleep. A single message is faster then, and the engine uses more processor time.",
	),
	packages: Type.String({
		default: "",
		description:
			"Folder of wheels (.whl) for the embedded engine, relative to userdir: pure Python ones, and compiled ones built for pyodide; empty for none.",
	}),
	"call-timeout": Type.Integer({
		minimum: 10,
		maximum: 600_000,
		default: 2000,
		unit: "milliseconds",
		description:
			"Time one message may spend in a graph's functions. Waiting for a processor does not count, up to three times the limit.",
	}),
	"batch-timeout": Type.Integer({
		minimum: 100,
		maximum: 3_600_000,
		default: 10_000,
		unit: "milliseconds",
		description: "Time a batch of up to 256 messages may take.",
	}),
	"max-result": bytes(256 << 10, 1 << 26, "Largest message a graph may publish."),
	"max-print": Type.Integer({
		minimum: 0,
		maximum: 1_000_000,
		default: 2000,
		unit: "characters",
		description: "Output functions may print per message; it is logged at debug level.",
	}),
	"recursion-limit": Type.Integer({
		minimum: 50,
		maximum: 1000,
		default: 1000,
		description: "Maximum depth of Python calls.",
	}),
	"engine-memory": Type.Integer({
		minimum: 64,
		maximum: 2048,
		default: 256,
		unit: "MiB",
		description:
			"Memory of each engine, shared by the functions in it; files they write may use half of it.",
	}),
	"queue-per-link": Type.Integer({
		minimum: 1,
		maximum: 1_000_000,
		default: 1000,
		unit: "messages",
		description:
			"Messages of one input queued for the functions; the oldest are dropped, in a cluster only those of QoS 0.",
	}),
	"data-qos": {
		...oneOf(
			["auto", "0", "1", "2"],
			"QoS of graphs' results: auto is that of the message that caused them; 0 is the fastest, but an outage of an external broker loses messages.",
		),
		formerlyIn: "core-mqtt",
	},
	"max-graphs": reloadable(count(10_000, "Graphs that may be attached at once.")),
	"max-source": reloadable(bytes(64 << 10, 1 << 24, "Largest source of one function.")),
	"max-functions": reloadable(
		count(10_000, "Stored functions; the least recently used is evicted."),
	),
});
