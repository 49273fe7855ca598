import { graphName, type LinkKey } from "../../contract/mod.ts";
import { messageOf, SourceError } from "../../kit/mod.ts";
import type { ChangesDeps } from "./changes.ts";
import { findLink, type LiveGraph, replaceLink } from "./live-graph.ts";

type Deps = Pick<ChangesDeps, "store" | "log">;

/** Remembers what a refused request asked for: `prev` of the next one may be that (`csm.md §4.6`). */
export async function noteAskedOfLink(
	deps: Deps,
	graph: LiveGraph,
	key: LinkKey,
	digest: string | null,
): Promise<void> {
	const link = findLink(graph, key);
	if (link === undefined) return;
	const { id, func, asked } = link.record;
	if (digest === (asked === null ? func.digest : asked.digest)) return;
	replaceLink(graph, { ...link, record: { ...link.record, asked: { digest } } });
	await note(deps, graph, ({ links }) => links.setAsked(id, digest));
}

/** {@link noteAskedOfLink} for `set_join`. */
export async function noteAskedOfJoin(
	deps: Deps,
	graph: LiveGraph,
	digest: string | null,
): Promise<void> {
	const { use, asked } = graph.join;
	if (digest === (asked === null ? use.digest : asked.digest)) return;
	graph.join = { ...graph.join, asked: { digest } };
	await note(deps, graph, ({ graphs }) => graphs.setJoinAsked(graph.key, digest));
}

/**
 * An engine has tried the function of a stored link: whether it can be used is kept.
 * @param handle What the engine has tried; the link may have another function by now.
 * @param error What was thrown; null: it can be used.
 */
export async function noteVerdict(
	deps: Deps,
	graph: LiveGraph,
	{
		id,
		handle,
		error,
	}: { readonly id: number; readonly handle: number | null; readonly error: unknown },
): Promise<void> {
	const link = graph.links.find(({ record }) => record.id === id);
	if (link?.handle !== handle) return;
	const problem = error instanceof SourceError ? error.message : null;
	if (error !== null && problem === null) return;
	if (link.record.error === problem) return;
	replaceLink(graph, { ...link, record: { ...link.record, error: problem } });
	await note(deps, graph, ({ links }) => links.setError(id, problem));
}

/** Stores something that helps later; its failure refuses nothing. */
async function note(
	{ store, log }: Deps,
	graph: LiveGraph,
	work: Parameters<Deps["store"]["write"]>[0],
): Promise<void> {
	await store.write(work, {}, [graphName(graph.key)]).catch((error) => {
		const fields = { graph: graphName(graph.key), reason: messageOf(error) };
		log.warn("cannot store the last digest or error of a function", fields);
	});
}
