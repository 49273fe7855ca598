import { type GraphKey, graphName, type LinkKey, type Request } from "../../../contract/mod.ts";
import type { Reply } from "../../api-listener.ts";
import { newGraph } from "../live-graph.ts";
import type { GraphContext } from "./operation.ts";

/** `attach`: creates the graph; once more changes nothing (`csm.md §4.2`). */
export async function attach(
	{ graphs, store, requests, room }: GraphContext,
	key: GraphKey,
	request: Request,
): Promise<Reply> {
	const reply = { ...request, state: "ok" };
	if (graphs.get(key) === undefined) {
		let isAdded = false;
		await store.write(
			async (rows) => {
				await room.need(rows);
				graphs.add(newGraph(key));
				isAdded = true;
				// Of a graph that could not be read at the start, links may be there.
				await graphs.topics.removeAll(rows.links, key, []);
				await rows.graphs.add(key);
			},
			{
				undone: () => {
					if (isAdded) graphs.remove(key);
					isAdded = false;
				},
			},
			[graphName(key)],
			requests.answer(graphName(key), reply),
		);
	}
	return reply;
}

/** `detach`: removes the graph and releases its links; fine when it is not attached (`csm.md §4.2`). */
export async function detach(context: GraphContext, key: GraphKey): Promise<Reply> {
	const { graphs, changes, dataPath, signals } = context;
	const graph = graphs.get(key);
	const reply = { op: "detach", state: "ok" };
	if (graph !== undefined) {
		let released: typeof graph.links = [];
		let unused: LinkKey[] = [];
		await changes.commit({
			graph: key,
			reply,
			work: async (rows) => {
				released = graph.links;
				const keys = released.map(({ record }) => record);
				unused = await graphs.topics.removeAll(rows.links, key, keys);
				await rows.graphs.remove(key);
			},
			undone: () => {
				for (const { record, topic } of released) graphs.topics.restore(record, topic);
				released = [];
			},
			apply: () => {
				graphs.remove(key);
				const ended = dataPath.remove(graphName(key));
				return [ended, ...unused.map((link) => signals.detach(link))];
			},
			freed: [graph.join.use, ...graph.links.map(({ record }) => record.func)],
			keys: graph.links.map(({ record }) => record),
		});
	}
	return reply;
}
