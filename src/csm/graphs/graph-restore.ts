import { graphName } from "../../contract/mod.ts";
import { messageOf } from "../../kit/mod.ts";
import { noteVerdict } from "./asked-for.ts";
import { type LiveGraph, type LiveLink, specOf } from "./live-graph.ts";
import type { GraphContext } from "./operations/operation.ts";

/**
 * Brings stored graphs back: their data flows again without anyone calling.
 * @param isOurs Whether a graph is for this server; by default all are.
 */
export async function restoreGraphs(
	context: GraphContext,
	isOurs: (name: string) => boolean = () => true,
): Promise<void> {
	const { graphs, dataPath, signals } = context;
	for (const graph of await storedGraphs(context, isOurs)) {
		graphs.add(graph);
		await dataPath.set(graphName(graph.key), specOf(graph));
		for (const { record, topic } of graph.links) signals.restore(record, topic);
	}
}

/** Ends graphs of which another server takes care from now on; nothing of them changes in the database. */
export async function dropGraphs(
	{ graphs, dataPath }: GraphContext,
	isGone: (name: string) => boolean,
): Promise<void> {
	for (const { key } of graphs.list()) {
		const name = graphName(key);
		if (!isGone(name)) continue;
		graphs.remove(key);
		await dataPath.remove(name);
	}
}

async function storedGraphs(
	context: GraphContext,
	isOurs: (name: string) => boolean,
): Promise<LiveGraph[]> {
	const { graphs, sources, store, log } = context;
	const { rows } = store;
	const onBadRow = (row: string, error: unknown) =>
		log.error("stored row left out; draw it again, or restore a backup with: iotctl restore FILE", {
			row,
			reason: messageOf(error),
		});
	const tell = (graph: string, digest: string | null, error: unknown) => {
		if (error === null) return;
		log.error("stored function fails", { graph, digest, reason: messageOf(error) });
	};
	const found = new Map<string, LiveGraph>();
	for (const { client, graph, join, joinAsked, monitor } of await rows.graphs.all(onBadRow)) {
		const key = { client, graph };
		if (!isOurs(graphName(key))) continue;
		const { verdict, ...ready } = await sources.restore(key, join);
		const restored = { use: join, ...ready, asked: joinAsked };
		found.set(graphName(key), { key, join: restored, monitor, links: [] });
		void verdict.then((error) => tell(graphName(key), join.digest, error));
	}
	graphs.skipLinkIds(await rows.links.lastId());
	const linksOf = new Map<string, LiveLink[]>();
	for (const { link, topic } of await rows.links.all(onBadRow)) {
		const graph = found.get(graphName(link));
		if (graph === undefined) continue;
		graphs.topics.restore(link, topic);
		const { id, func } = link;
		const { verdict, ...ready } = await sources.restore(graph.key, func);
		const links = linksOf.get(graphName(link)) ?? [];
		links.push({ record: link, topic, ...ready });
		linksOf.set(graphName(link), links);
		graph.links = links;
		void verdict.then((error) => {
			tell(graphName(link), func.digest, error);
			void noteVerdict(context, graph, { id, handle: ready.handle, error });
		});
	}
	return [...found.values()];
}
