import type { ClusterRows, NodeFigures, NodeView } from "../contract/mod.ts";
import type { Member, Members } from "./members.ts";
import { PROJECTS } from "./partition-of.ts";

const NOTHING: NodeFigures = {
	...{ devices: 0, online: 0, graphs: 0 },
	...{ received_per_second: 0, published_per_second: 0, waiting: 0 },
	...{ memory_bytes: 0, engines: 0 },
};

/** The nodes of a cluster as pages and the command line show them. */
export function clusterRows({ name, nodes, partitions: all }: Members): ClusterRows {
	const partitions = all.filter(({ id }) => id !== PROJECTS);
	const projects = all.find(({ id }) => id === PROJECTS);
	const owned = Map.groupBy(partitions, ({ owner }) => owner);
	const idsOf = (node: string) => (owned.get(node) ?? []).map(({ id }) => id);
	return {
		name,
		nodes: nodes.map((node) => nodeView(node, idsOf(node.name))),
		partitions: {
			all: partitions.length,
			without_owner: partitions.filter(({ owner }) => owner === null).length,
			not_renewed: partitions.filter(({ isExpired }) => isExpired).length,
		},
		...(projects && { project_manager: projects.owner }),
		sums: nodes.reduce((sums, { isAlive, figures }) => {
			return isAlive && figures !== null ? plus(sums, figures) : sums;
		}, NOTHING),
	};
}

function nodeView(node: Member, partitions: number[]): NodeView {
	const { name, url, process, version, seenSeconds, brokerSeconds, figures } = node;
	return {
		...{ name, state: stateOf(node), url, process, version },
		seen_seconds: seenSeconds,
		broker_seconds: brokerSeconds,
		...{ partitions, figures },
	};
}

function stateOf({ isAlive, isDraining, brokerSeconds }: Member): NodeView["state"] {
	if (!isAlive) return "silent";
	if (isDraining) return "draining";
	return brokerSeconds === null ? "no broker" : "ok";
}

function plus(one: NodeFigures, other: NodeFigures): NodeFigures {
	return {
		devices: one.devices + other.devices,
		online: one.online + other.online,
		graphs: one.graphs + other.graphs,
		received_per_second: tenths(one.received_per_second + other.received_per_second),
		published_per_second: tenths(one.published_per_second + other.published_per_second),
		waiting: one.waiting + other.waiting,
		memory_bytes: one.memory_bytes + other.memory_bytes,
		engines: one.engines + other.engines,
	};
}

function tenths(rate: number): number {
	return Math.round(rate * 10) / 10;
}
