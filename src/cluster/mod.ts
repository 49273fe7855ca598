export { ClusterBroker } from "./cluster-broker.ts";
export type { JoinOptions } from "./join.ts";
export type { Lease, NodeIdentity } from "./lease.ts";
export { type ClusterView, clusterView, drain, type NodeView } from "./members.ts";
export { ClusterNode, type ClusterNodeOptions } from "./node.ts";
export type { PartitionUser } from "./owned-partitions.ts";
export { PROJECTS } from "./partition-of.ts";
export type { PartitionWork } from "./partition-sessions.ts";
export { CLUSTER_SCHEMA } from "./schema.ts";
