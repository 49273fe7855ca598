import { ConfigError } from "../kit/mod.ts";
import type { SharedDatabase } from "../store/mod.ts";
import { CHANNEL } from "./lease-statements.ts";
import { PROJECTS } from "./partition-of.ts";

/** A node as the database knows it; durations in seconds, by the database's clock. */
export interface NodeView {
	readonly name: string;
	/** Where it runs, for people. */
	readonly process: string;
	readonly version: string;
	/** Where the other nodes reach it. */
	readonly url: string;
	/** How many partitions it owns, without the project manager's. */
	readonly partitions: number;
	/** Since its last sign of life. */
	readonly seenSeconds: number;
	/** Whether others still count on it. */
	readonly isAlive: boolean;
	/** For how long it has reached the broker; null: it does not. */
	readonly brokerSeconds: number | null;
	readonly isDraining: boolean;
}

/** A partition as the database knows it. */
export interface PartitionView {
	/** -1: the router's; -2: the project manager's, where a node could run it. */
	readonly id: number;
	/** Null: no one. */
	readonly owner: string | null;
	readonly token: number;
	/** For how long it has been so. */
	readonly sinceSeconds: number;
	/** Whether its owner did not renew it in time; it may be taken over. */
	readonly isExpired: boolean;
}

export interface ClusterView {
	readonly name: string;
	readonly nodes: readonly NodeView[];
	readonly partitions: readonly PartitionView[];
}

const NODES = `SELECT name, process, version, url,
	(SELECT count(*) FROM cluster_partitions WHERE owner = node.name AND id <> ${PROJECTS}),
	extract(epoch FROM now() - seen)::float8, until > now(),
	extract(epoch FROM now() - broker_since)::float8, draining
FROM cluster_nodes AS node ORDER BY name`;
const PARTITIONS = `SELECT id, owner, token, extract(epoch FROM now() - since)::float8, owner IS NOT NULL AND until < now()
FROM cluster_partitions ORDER BY id`;

/** The nodes of a cluster and what they have, for the people who look after it. @throws ConfigError when there is no cluster. */
export async function clusterView(database: SharedDatabase): Promise<ClusterView> {
	await needCluster(database);
	const [[name] = []] = await database.ask("SELECT name FROM cluster");
	const nodes = await database.ask(NODES);
	const partitions = await database.ask(PARTITIONS);
	return {
		name: String(name),
		nodes: nodes.map(([node, process, version, url, held, seen, isAlive, broker, isDraining]) => ({
			...{ name: String(node), process: String(process), version: String(version) },
			url: String(url),
			...{ partitions: Number(held), seenSeconds: Number(seen), isAlive: isAlive === true },
			brokerSeconds: broker === null ? null : Number(broker),
			isDraining: isDraining === true,
		})),
		partitions: partitions.map(([id, owner, token, since, isExpired]) => ({
			...{ id: Number(id), owner: owner === null ? null : String(owner), token: Number(token) },
			...{ sinceSeconds: Number(since), isExpired: isExpired === true },
		})),
	};
}

/**
 * Has a node give everything to the others, until it is started again.
 * @param isOn False: it takes its share again.
 * @throws ConfigError when there is no such node.
 */
export async function drain(database: SharedDatabase, node: string, isOn: boolean): Promise<void> {
	await needCluster(database);
	const done = await database.ask(
		`WITH told AS (UPDATE cluster_nodes SET draining = $2::boolean WHERE name = $1 RETURNING 1)
		SELECT pg_notify('${CHANNEL}', '') FROM told`,
		[node, isOn],
	);
	if (done.length > 0) return;
	const names = await database.ask("SELECT name FROM cluster_nodes ORDER BY name");
	const known = names.map(([name]) => String(name)).join(", ");
	throw new ConfigError(
		`there is no node "${node}" in the cluster; its nodes are ${known === "" ? "none" : known}`,
	);
}

async function needCluster(database: SharedDatabase): Promise<void> {
	const [[isThere] = []] = await database.ask(
		"SELECT to_regclass('cluster') IS NOT NULL AND to_regclass('cluster_nodes') IS NOT NULL",
	);
	if (isThere !== true) throw new ConfigError("no node of a cluster has used the database yet");
}
