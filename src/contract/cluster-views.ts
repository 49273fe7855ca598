// What a node of a cluster says of all of them, for pages and the command line.
import { Type } from "@sinclair/typebox";
import type { View } from "./view-type.ts";

const count = (description: string) => Type.Number({ description });

/** What a node tells the others of itself with each sign of life. */
export const NodeFigures = Type.Object({
	devices: count("Devices of its partitions."),
	online: count("Those of them that are online."),
	graphs: count("Graphs of its partitions."),
	received_per_second: count("Data messages graphs took, over the last ten seconds."),
	published_per_second: count("Data messages graphs published."),
	waiting: count("Messages that wait for functions."),
	memory_bytes: count("Of the server, without its engines."),
	engines: count("Function engines that run."),
});
export type NodeFigures = View<typeof NodeFigures>;

/** A node as the database knows it; durations by the database's clock. */
export const NodeView = Type.Object({
	name: Type.String(),
	state: Type.Union(
		[
			Type.Literal("ok"),
			Type.Literal("no broker"),
			Type.Literal("draining"),
			Type.Literal("silent"),
		],
		{ description: "Silent: the others do not count on it." },
	),
	url: Type.String({ description: "Where the other nodes reach it." }),
	process: Type.String({ description: "Where it runs, for people." }),
	version: Type.String(),
	seen_seconds: count("Since its last sign of life."),
	broker_seconds: Type.Union([Type.Number(), Type.Null()], {
		description: "For how long it has reached the broker; null: it does not.",
	}),
	partitions: Type.Array(Type.Integer(), { description: "Those it owns; -1 is the router's." }),
	figures: Type.Union([NodeFigures, Type.Null()], {
		description: "As it told them last; null: it has not yet, or is of another version.",
	}),
});
export type NodeView = View<typeof NodeView>;

const clusterView = {
	name: Type.String(),
	nodes: Type.Array(NodeView, { description: "By name." }),
	partitions: Type.Object({
		all: count("With the router's."),
		without_owner: count("Those that no node has."),
		not_renewed: count("Those whose owner did not renew its lease in time."),
	}),
	project_manager: Type.Optional(
		Type.Union([Type.String(), Type.Null()], {
			description:
				"The node that has the project manager; null: none has at the moment. Not there: none could.",
		}),
	),
	sums: Type.Object(NodeFigures.properties, { description: "Of the nodes that are not silent." }),
};

/** The nodes of a cluster and what they have, as the database says. */
export const ClusterRows = Type.Object(clusterView);
export type ClusterRows = View<typeof ClusterRows>;

/** The same as a node tells it. */
export const ClusterView = Type.Object({
	...clusterView,
	node: Type.String({ description: "The one that answers." }),
	age_seconds: count("Since it was read."),
	problem: Type.Union([Type.String(), Type.Null()], {
		description: "Why it could not be read again; null: it could.",
	}),
});
export type ClusterView = View<typeof ClusterView>;

/** `GET /api/cluster/owner`. */
export const OwnerView = Type.Object({
	partition: Type.Integer(),
	is_ours: Type.Boolean({ description: "Whether the node that answers has it." }),
	node: Type.Union([Type.String(), Type.Null()], {
		description: "The one that has it; null: none has at the moment.",
	}),
	url: Type.Union([Type.String(), Type.Null()], { description: "Where other nodes reach that." }),
});
export type OwnerView = View<typeof OwnerView>;
