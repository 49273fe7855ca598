import { Value } from "@sinclair/typebox/value";
import { NodeFigures } from "../contract/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import type { SharedDatabase } from "../store/mod.ts";
import { CHANNEL, IS_EXPIRED } from "./lease-statements.ts";
import { PROJECTS } from "./partition-of.ts";

/** A node as the database knows it; durations in seconds, by the database's clock. */
export interface Member {
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
	/** As it told them last; null: it has not, or is of another version. */
	readonly figures: NodeFigures | null;
}

/** A partition as the database knows it. */
export interface PartitionOwner {
	/** -1: the router's; -2: the project manager's, where a node could run it. */
	readonly id: number;
	/** Null: no one. */
	readonly owner: string | null;
	readonly token: number;
	/** For how long it has been so. */
	readonly sinceSeconds: number;
	/** Whether its owner did not renew it in time, and is silent; it may be taken over. */
	readonly isExpired: boolean;
}

export interface Members {
	/** Of the cluster. */
	readonly name: string;
	readonly nodes: readonly Member[];
	readonly partitions: readonly PartitionOwner[];
}

type Ask = Pick<SharedDatabase, "ask">;

const NODES = `SELECT name, process, version, url,
	(SELECT count(*) FROM cluster_partitions WHERE owner = node.name AND id <> ${PROJECTS}),
	extract(epoch FROM now() - seen)::float8, until > now(),
	extract(epoch FROM now() - broker_since)::float8, draining, figures::text
FROM cluster_nodes AS node ORDER BY name`;
const PARTITIONS = `SELECT id, owner, token, extract(epoch FROM now() - since)::float8, ${IS_EXPIRED}
FROM cluster_partitions AS part ORDER BY id`;

/** The nodes of a cluster and what they have, for the people who look after it. @throws ConfigError when there is no cluster. */
export async function clusterView(database: SharedDatabase): Promise<Members> {
	await needCluster(database);
	return readMembers(database);
}

/** The same of a database that is known to have a cluster. @throws StorageError */
export async function readMembers(database: Ask): Promise<Members> {
	const [[name] = []] = await database.ask("SELECT name FROM cluster");
	const nodes = await database.ask(NODES);
	const partitions = await database.ask(PARTITIONS);
	return {
		name: String(name),
		nodes: nodes.map(memberOf),
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
	if (done.length === 0) throw await noSuchNode(database, node);
}

/**
 * Removes a node from the list whose machine is gone; what it had goes to others in any case.
 * @throws ConfigError when it is alive, or there is no such node.
 */
export async function forget(database: SharedDatabase, node: string): Promise<void> {
	await needCluster(database);
	const [row] = await database.ask(
		`WITH gone AS (DELETE FROM cluster_nodes WHERE name = $1 AND until < now() RETURNING 1)
		SELECT EXISTS (SELECT FROM gone) FROM cluster_nodes WHERE name = $1`,
		[node],
	);
	if (row === undefined) throw await noSuchNode(database, node);
	if (row[0] !== true) {
		throw new ConfigError(`the node "${node}" of the cluster is alive: stop it, then it is gone`);
	}
}

async function noSuchNode(database: SharedDatabase, node: string): Promise<ConfigError> {
	const names = await database.ask("SELECT name FROM cluster_nodes ORDER BY name");
	const known = names.map(([name]) => String(name)).join(", ");
	return new ConfigError(
		`there is no node "${node}" in the cluster; its nodes are ${known === "" ? "none" : known}`,
	);
}

function memberOf(row: readonly unknown[]): Member {
	const [name, process, version, url, held, seen, isAlive, broker, isDraining, figures] = row;
	return {
		...{ name: String(name), process: String(process), version: String(version) },
		url: String(url),
		...{ partitions: Number(held), seenSeconds: Number(seen), isAlive: isAlive === true },
		brokerSeconds: broker === null ? null : Number(broker),
		isDraining: isDraining === true,
		figures: figuresOf(figures),
	};
}

/** A node of another version may tell others. */
function figuresOf(stored: unknown): NodeFigures | null {
	if (typeof stored !== "string") return null;
	const figures: unknown = JSON.parse(stored);
	return Value.Check(NodeFigures, figures) ? figures : null;
}

/** Whether a database has the tables of a cluster. @throws StorageError */
export async function hasCluster(database: Ask): Promise<boolean> {
	const [[isThere] = []] = await database.ask(
		"SELECT to_regclass('cluster') IS NOT NULL AND to_regclass('cluster_nodes') IS NOT NULL",
	);
	return isThere === true;
}

async function needCluster(database: SharedDatabase): Promise<void> {
	if (await hasCluster(database)) return;
	throw new ConfigError("no node of a cluster has used the database yet");
}
