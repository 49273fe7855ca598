// Three nodes of a cluster with data of QoS 1 going through graphs, for what may happen to them.
import { afterAll, beforeAll } from "bun:test";
import { ClusterLoad, type LoadOptions } from "./cluster-load.ts";
import { type TestBroker, TestCluster } from "./cluster-target.ts";
import { postgresForAll } from "./databases.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { type IniChanges, startBinary } from "./target.ts";
import { ENDURANCE_MS } from "./waiting.ts";

export const NODES: readonly string[] = ["a", "b", "c"];
/** Seconds. IOTCTL_LEASE makes it longer, for a machine that has more to do than to answer in one. */
export const LEASE_S = Number(process.env.IOTCTL_LEASE ?? 1);

export interface Drill {
	readonly postgres: PostgresServer;
	readonly cluster: TestCluster;
	readonly load: ClusterLoad;
}

export interface DrillOptions {
	/** By default a mosquitto that keeps its sessions on disk. */
	readonly broker?: () => Promise<TestBroker>;
	readonly leaseSeconds?: number;
	readonly load?: LoadOptions;
	/** What the ini of a node has besides; once everything it may point to is there. */
	readonly ini?: (node: string, drill: Omit<Drill, "load">) => Promise<IniChanges> | IniChanges;
}

/** To be called while tests are being defined: all of it is there in each of them, and each leaves it as it was. */
export function clusterForAll({ broker, leaseSeconds = LEASE_S, load, ini }: DrillOptions): Drill {
	const postgres = postgresForAll();
	const now = {} as { cluster: TestCluster; load: ClusterLoad; readonly postgres: PostgresServer };
	Object.defineProperty(now, "postgres", { get: () => postgres.server });
	beforeAll(async () => {
		const own = await broker?.();
		now.cluster = await TestCluster.make(postgres.server, startBinary, leaseSeconds, own);
		const start = async (name: string) => {
			const extra = (await ini?.(name, now)) ?? {};
			await now.cluster.add(name, { log: { level: "info" }, ...extra });
		};
		await Promise.all(NODES.map(start));
		await now.cluster.settled(...NODES);
		now.load = await ClusterLoad.make(now.cluster, load);
	}, ENDURANCE_MS);
	afterAll(async () => {
		now.load?.dispose();
		await now.cluster?.dispose();
	}, ENDURANCE_MS);
	return now;
}

/** The nodes without one of them. */
export const without = (name: string): string[] => NODES.filter((other) => other !== name);
