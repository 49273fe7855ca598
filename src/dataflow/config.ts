import { Type } from "@sinclair/typebox";
import { bytes, count, oneOf, reloadable, section } from "../config/mod.ts";

/** The engine and limits of graphs. */
export const ESM = section("dataflow", "esm", "The data path: graphs and their Python functions.", {
	engine: oneOf(
		["embedded", "python3"],
		"embedded runs functions in the Python inside this program, walled off; python3 in the machine's own, with all its packages, trusting their authors.",
	),
	packages: Type.String({
		default: "",
		description:
			"Folder of wheels (.whl) that the embedded engine loads, relative to userdir: pure Python ones, and compiled ones made for pyodide; empty for none.",
	}),
	"call-timeout": Type.Integer({
		minimum: 10,
		maximum: 600_000,
		default: 2000,
		unit: "milliseconds",
		description: "Time one message may spend in a graph's functions.",
	}),
	"batch-timeout": Type.Integer({
		minimum: 100,
		maximum: 3_600_000,
		default: 10_000,
		unit: "milliseconds",
		description: "Time the up to 256 messages that are handed over together may take.",
	}),
	"max-result": bytes(256 << 10, 1 << 26, "Longest message a graph may publish."),
	"max-print": Type.Integer({
		minimum: 0,
		maximum: 1_000_000,
		default: 2000,
		unit: "characters",
		description: "What functions may print for one message; it goes to the log at debug level.",
	}),
	"recursion-limit": Type.Integer({
		minimum: 50,
		maximum: 1000,
		default: 1000,
		description: "Depth of Python calls.",
	}),
	"engine-memory": Type.Integer({
		minimum: 64,
		maximum: 2048,
		default: 256,
		unit: "MiB",
		description: "Memory all user functions share; files they write may take half of it.",
	}),
	"queue-per-link": Type.Integer({
		minimum: 1,
		maximum: 1_000_000,
		default: 1000,
		unit: "messages",
		description: "Messages of one input waiting for the functions; the newest win.",
	}),
	"max-graphs": reloadable(count(10_000, "Graphs that may be attached at a time.")),
	"max-source": reloadable(bytes(64 << 10, 1 << 24, "Largest source of one function.")),
	"max-functions": reloadable(
		count(10_000, "Functions in the store; the one unused longest gives way to a new one."),
	),
});
