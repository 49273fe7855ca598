import { type GraphKey, graphName, type Request } from "../../../contract/mod.ts";
import { InputError } from "../../../kit/mod.ts";
import type { Reply } from "../../api-listener.ts";
import { newGraph } from "../live-graph.ts";
import type { GraphContext } from "./operation.ts";

/** `attach`: creates the graph; once more changes nothing (`csm.md §4.2`). */
export async function attach(
	{ graphs, store, limits: { maxGraphs } }: GraphContext,
	key: GraphKey,
	request: Request,
): Promise<Reply> {
	if (graphs.get(key) === undefined) {
		let isAdded = false;
		await store.write(
			async (rows) => {
				if (graphs.size >= maxGraphs) {
					throw new InputError(`too many graphs: ${maxGraphs} are attached already`);
				}
				graphs.add(newGraph(key));
				isAdded = true;
				// Of a graph that could not be read at the start, links may be there.
				await rows.links.removeTopics(await rows.links.removeAll(key));
				await rows.graphs.add(key);
			},
			{
				undone: () => {
					if (isAdded) graphs.remove(key);
				},
			},
		);
	}
	return { ...request, state: "ok" };
}

/** `detach`: removes the graph and releases its links; fine when it is not attached (`csm.md §4.2`). */
export async function detach(context: GraphContext, key: GraphKey): Promise<Reply> {
	const { graphs, changes, dataPath, signals } = context;
	const graph = graphs.get(key);
	if (graph !== undefined) {
		let released: typeof graph.links = [];
		let unused: typeof graph.links = [];
		await changes.commit({
			work: async (rows) => {
				released = graph.links;
				unused = released.filter(({ record }) => graphs.topics.release(record));
				await rows.links.removeAll(key);
				await rows.links.removeTopics(unused.map(({ record }) => record));
				await rows.graphs.remove(key);
			},
			undone: () => {
				for (const { record, topic } of released) graphs.topics.restore(record, topic);
			},
			apply: () => {
				graphs.remove(key);
				const ended = dataPath.remove(graphName(key));
				return [ended, ...unused.map(({ record }) => signals.detach(record))];
			},
			freed: [graph.join.use, ...graph.links.map(({ record }) => record.func)],
		});
	}
	return { op: "detach", state: "ok" };
}
