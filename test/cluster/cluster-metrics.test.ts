import { expect, test } from "bun:test";
import { clusterMetrics } from "../../src/cluster/cluster-metrics.ts";

test("a node shows what it has, and what came and went, as it is when it is asked", () => {
	const loop = {
		held: [-1, 0, 4],
		counts: { taken: 5, given: 1, lost: 1, failedRounds: 2 },
		problem: undefined as string | undefined,
	};
	const shown = () =>
		clusterMetrics("a", loop, { lostByBroker: 3 }).map((metric) => {
			const [[label, number] = []] = "readEach" in metric ? [...metric.readEach()] : [];
			return `${metric.kind} ${metric.name} ${label} ${number}`;
		});
	expect(shown()).toEqual([
		"gauge iotctl_cluster_partitions a 3",
		"gauge iotctl_cluster_leases_renewed a 1",
		"counter iotctl_cluster_partitions_taken_total a 5",
		"counter iotctl_cluster_partitions_given_total a 1",
		"counter iotctl_cluster_partitions_lost_total a 1",
		"counter iotctl_cluster_failed_rounds_total a 2",
		"counter iotctl_cluster_sessions_lost_total a 3",
	]);
	loop.held.pop();
	loop.problem = "the database does not answer";
	expect(shown().slice(0, 2)).toEqual([
		"gauge iotctl_cluster_partitions a 2",
		"gauge iotctl_cluster_leases_renewed a 0",
	]);
});
