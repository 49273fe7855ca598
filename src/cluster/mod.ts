export { ClusterBroker } from "./cluster-broker.ts";
export { clusterRows } from "./cluster-rows.ts";
export type { JoinOptions } from "./join.ts";
export type { Lease, NodeIdentity } from "./lease.ts";
export { clusterView, drain, forget, type Members } from "./members.ts";
export { ClusterNode, type ClusterNodeOptions } from "./node.ts";
export type { PartitionUser } from "./owned-partitions.ts";
export type { PartitionWork } from "./partition-work.ts";
export { CLUSTER_SCHEMA } from "./schema.ts";
