import { monitorTopic, REQUESTS } from "../../../contract/mod.ts";
import type { Reply } from "../../api-listener.ts";
import type { Monitor } from "../../store/graphs.ts";
import type { LiveGraph } from "../live-graph.ts";
import { type GraphContext, graphOperation } from "./operation.ts";

/**
 * `start_monitor`: one topic for as long as the graph lives; starting again gives the same (`csm.md §4.8`). Of several
 * intervals the smallest counts, until monitoring stops (`csm.md §4.9`).
 */
export const startMonitor = graphOperation(
	REQUESTS.start_monitor,
	async (context, { graph, request, fields: { interval_ms: wanted = 0 } }) => {
		const topic = graph.monitor.topic ?? monitorTopic(crypto.randomUUID());
		const { on, intervalMs: current } = graph.monitor;
		const intervalMs = on ? Math.min(current, wanted) : wanted;
		const reply = { ...request, monitor_topics: topic, state: "ok" };
		return setMonitor(context, graph, { topic, on: true, intervalMs }, reply);
	},
);

/** `stop_monitor` (`csm.md §4.8`). */
export const stopMonitor = graphOperation(REQUESTS.stop_monitor, (context, { graph, request }) =>
	setMonitor(context, graph, { ...graph.monitor, on: false }, { ...request, state: "ok" }),
);

/** `get_graph`: links in slot order and the join, values as given (`csm.md §4.9`). */
export const getGraph = graphOperation(REQUESTS.get_graph, (_, { graph: { links, join } }) => ({
	op: "get_graph",
	state: "ok",
	links: links.map(({ record }) => ({
		da_id: record.daId,
		[record.mode]: record.feature,
		func: record.func.digest,
		depends: record.func.depends,
		input_type: record.inputType,
		param_no: record.paramNo,
		tag_param_no: record.tagParamNo,
		...(record.error !== null && { error: record.error }),
	})),
	join: { func: join.use.digest, depends: join.use.depends },
}));

async function setMonitor(
	{ changes }: GraphContext,
	graph: LiveGraph,
	monitor: Monitor,
	reply: Reply,
): Promise<Reply> {
	const { on, intervalMs } = graph.monitor;
	if (monitor.on === on && monitor.intervalMs === intervalMs) return reply;
	return changes.commit({
		...{ graph: graph.key, reply },
		work: ({ graphs }) => graphs.setMonitor(graph.key, monitor),
		apply: () => {
			graph.monitor = monitor;
			return [changes.run(graph)];
		},
	});
}
