import type { LiveGraph, LiveLink } from "../csm/graphs/graphs.ts";
import type { GraphFigures } from "../esm/esm.ts";
import type { ErrorView, GraphView, LinkView } from "./views.ts";

/** A page or terminal shows no more of a value. */
const MAX_SHOWN = 200;

export interface GraphSources {
	/** Name of a device, null while it is not registered. */
	deviceName(id: string): string | null;
	/** Source of a function. */
	code(digest: string): string | undefined;
}

/** A graph as `GET /api/graphs` shows it. */
export function viewOf(
	graph: LiveGraph,
	figures: GraphFigures | undefined,
	sources: GraphSources,
): GraphView {
	const linksOf = (mode: "idf" | "odf") =>
		graph.links
			.filter(({ record }) => record.mode === mode)
			.map((link) => linkView(link, figures, sources));
	return {
		...graph.key,
		join: { func: graph.join.use.digest, depends: graph.join.use.depends },
		monitor_topic: graph.monitor.on ? graph.monitor.topic : null,
		idfs: linksOf("idf"),
		odfs: linksOf("odf"),
		dropped: figures?.dropped ?? 0,
		last_error: errorView(figures?.lastError ?? null, sources),
	};
}

function linkView(
	{ record, topic }: LiveLink,
	figures: GraphFigures | undefined,
	sources: GraphSources,
): LinkView {
	const { messages = 0, last = null } = figures?.links.get(record.id) ?? {};
	return {
		da_id: record.daId,
		device: sources.deviceName(record.daId),
		feature: record.feature,
		topic,
		func: record.func.digest,
		depends: record.func.depends,
		param_no: record.paramNo,
		tag_param_no: record.tagParamNo,
		input_type: record.inputType,
		error: record.error,
		messages,
		last: last !== null && last.length > MAX_SHOWN ? `${last.slice(0, MAX_SHOWN)} …` : last,
	};
}

/** Python's traceback names the function by digest, and the innermost frame last. */
function errorView(error: GraphFigures["lastError"], sources: GraphSources): ErrorView | null {
	if (error === null) return null;
	const frames = [...error.reason.matchAll(/<UserFunction:([0-9a-f]+)>", line (\d+)/g)];
	const [, digest = "", lineText] = frames.at(-1) ?? [];
	const line = lineText === undefined ? null : Number(lineText);
	const source =
		line === null ? null : (sources.code(digest)?.split("\n")[line - 1]?.trim() ?? null);
	return { ...error, line, source };
}
