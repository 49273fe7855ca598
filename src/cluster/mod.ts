export { FencedError, fence } from "./fence.ts";
export type { JoinOptions } from "./join.ts";
export type { Lease, NodeIdentity } from "./lease.ts";
export { LeaseLoop } from "./lease-loop.ts";
export { LeaseRows } from "./lease-rows.ts";
export { type ClusterView, clusterView, drain, type NodeView } from "./members.ts";
export type { PartitionUser } from "./owned-partitions.ts";
export { partitionOf, ROUTER } from "./partition-of.ts";
export { CLUSTER_SCHEMA } from "./schema.ts";
