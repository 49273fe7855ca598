import {
	type ErrorView,
	type FunctionUse,
	type FunctionView,
	type GraphView,
	graphName,
	type LinkView,
} from "../contract/mod.ts";
import type { LiveGraph, LiveLink } from "../csm/mod.ts";
import type { GraphStats } from "../dataflow/mod.ts";

/** A page or terminal shows no more of a value. */
const MAX_SHOWN = 200;

export interface GraphSources {
	/** Name of a device, null while it is not registered. */
	deviceName(id: string): string | null;
	/** The first line of a function's source that says something; null when the source is gone. */
	title(digest: string): string | null;
	/** Number of the engine a graph lives in, by the graph's name; null: it has needed none. */
	engine(name: string): number | null;
	/** Source of a function. */
	code(digest: string): string | undefined;
}

/** A graph as `GET /api/graphs` shows it. */
export function viewOf(
	graph: LiveGraph,
	stats: GraphStats | undefined,
	sources: GraphSources,
): GraphView {
	const linksOf = (mode: "idf" | "odf") =>
		graph.links
			.filter(({ record }) => record.mode === mode)
			.map((link) => linkView(link, stats, sources));
	const inUse = new Set(
		[graph.join.use, ...graph.links.map(({ record }) => record.func)].flatMap(
			({ digest, depends }) => [digest, ...Object.values(depends)],
		),
	);
	return {
		...graph.key,
		join: functionView(graph.join.use, sources),
		monitor_topic: graph.monitor.on ? graph.monitor.topic : null,
		engine: sources.engine(graphName(graph.key)),
		idfs: linksOf("idf"),
		odfs: linksOf("odf"),
		dropped: stats?.dropped ?? 0,
		last_error: errorView(stats?.lastError ?? null, inUse, sources),
	};
}

function linkView(
	{ record, topic }: LiveLink,
	stats: GraphStats | undefined,
	sources: GraphSources,
): LinkView {
	const { messages = 0, last = null } = stats?.links.get(record.id) ?? {};
	return {
		da_id: record.daId,
		device: sources.deviceName(record.daId),
		feature: record.feature,
		topic,
		...functionView(record.func, sources),
		param_no: record.paramNo,
		tag_param_no: record.tagParamNo,
		input_type: record.inputType,
		error: record.error,
		messages,
		last: last !== null && last.length > MAX_SHOWN ? `${last.slice(0, MAX_SHOWN)} …` : last,
	};
}

function functionView({ digest, depends }: FunctionUse, sources: GraphSources): FunctionView {
	return { func: digest, depends, title: digest === null ? null : sources.title(digest) };
}

/**
 * The error, unless its function has been replaced since. Python's traceback names the function by digest, and the innermost frame last.
 */
function errorView(
	error: GraphStats["lastError"],
	inUse: ReadonlySet<string | null>,
	sources: GraphSources,
): ErrorView | null {
	if (error === null || (error.digest !== null && !inUse.has(error.digest))) return null;
	const frames = [...error.reason.matchAll(/<UserFunction:([0-9a-f]+)>", line (\d+)/g)];
	const [, digest = "", lineText] = frames.at(-1) ?? [];
	const line = lineText === undefined ? null : Number(lineText);
	const source =
		line === null ? null : (sources.code(digest)?.split("\n")[line - 1]?.trim() ?? null);
	return { ...error, line, source };
}
