import type { Metric } from "../kit/mod.ts";
import type { LeaseLoop } from "./lease-loop.ts";
import type { PartitionSessions } from "./partition-sessions.ts";

/** What a node shows of its partitions; the label is its name. */
export function clusterMetrics(
	node: string,
	loop: Pick<LeaseLoop, "held" | "counts" | "problem">,
	sessions: Pick<PartitionSessions, "lostByBroker">,
): Metric[] {
	const metric = (
		kind: "gauge" | "counter",
		name: string,
		help: string,
		read: () => number,
	): Metric => ({
		...{ kind, help, name: `iotctl_cluster_${name}`, label: "node" },
		readEach: () => [[node, read()]],
	});
	const { counts } = loop;
	const counter = (name: string, help: string, key: keyof typeof counts) =>
		metric("counter", `${name}_total`, help, () => loop.counts[key]);
	return [
		metric("gauge", "partitions", "Partitions that this node works for.", () => loop.held.length),
		metric("gauge", "leases_renewed", "1 while leases are renewed, else 0.", () =>
			loop.problem === undefined ? 1 : 0,
		),
		counter("partitions_taken", "Partitions this node has taken.", "taken"),
		counter("partitions_given", "Partitions this node has given away in order.", "given"),
		counter("partitions_lost", "Partitions other nodes have taken from this one.", "lost"),
		counter("failed_rounds", "Rounds in which leases could not be renewed.", "failedRounds"),
		metric(
			"counter",
			"sessions_lost_total",
			"Sessions of partitions that the broker has lost, with what waited in them.",
			() => sessions.lostByBroker,
		),
	];
}
