import type { Static, TSchema } from "@sinclair/typebox";
import {
	type GraphKey,
	type LinkKey,
	type Request,
	readFields,
	readLinkKey,
} from "../../../contract/mod.ts";
import { InputError } from "../../../kit/mod.ts";
import type { Reply } from "../../api-listener.ts";
import type { Changes, ChangesDeps } from "../changes.ts";
import type { GraphRoom } from "../graph-room.ts";
import type { LiveGraph } from "../live-graph.ts";
import type { LiveGraphs } from "../live-graphs.ts";

/** What operations work with. */
export interface GraphContext extends ChangesDeps {
	readonly graphs: LiveGraphs;
	readonly changes: Changes;
	/** An id greater than all before: links of a graph take their join slots in this order (`csm.md §5.2`). */
	readonly nextLinkId: () => number | Promise<number>;
	/** For another graph. */
	readonly room: GraphRoom;
}

/**
 * An operation of the graph API (`csm.md §4`). It checks everything, then changes the database in one transaction, then
 * what runs; it throws an InputError with the contract's reason when it changed nothing. The caller runs those of one
 * graph one at a time.
 */
export type Operation = (
	context: GraphContext,
	key: GraphKey,
	request: Request,
) => Promise<Reply> | Reply;

interface GraphCall<S extends TSchema> {
	readonly graph: LiveGraph;
	readonly request: Request;
	readonly fields: Static<S>;
}

interface LinkCall<S extends TSchema> extends GraphCall<S> {
	/** As the request names it; checked no further. */
	readonly key: LinkKey;
}

/** An operation on a graph that is attached. @param schema Of its fields. */
export function graphOperation<S extends TSchema>(
	schema: S,
	run: (context: GraphContext, call: GraphCall<S>) => Promise<Reply> | Reply,
): Operation {
	return (context, key, request) => {
		const graph = needGraph(context, key);
		return run(context, { graph, request, fields: readFields(schema, request) });
	};
}

/**
 * An operation on one link of an attached graph.
 * @param schema Of its fields besides the link's key.
 * @param check What its key has to be, beside well-formed.
 */
export function linkOperation<S extends TSchema>(
	schema: S,
	run: (context: GraphContext, call: LinkCall<S>) => Promise<Reply>,
	check: (key: LinkKey) => void = () => {},
): Operation {
	return (context, graphKey, request) => {
		const graph = needGraph(context, graphKey);
		const key = readLinkKey(request);
		check(key);
		return run(context, { graph, key, request, fields: readFields(schema, request) });
	};
}

function needGraph({ graphs }: GraphContext, key: GraphKey): LiveGraph {
	const graph = graphs.get(key);
	if (graph === undefined) throw new InputError(`Unknown graph id ${key.graph}`);
	return graph;
}
