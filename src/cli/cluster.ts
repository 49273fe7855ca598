import { type ClusterView, clusterView, drain, type NodeView, PROJECTS } from "../cluster/mod.ts";
import { ConfigError, count, createLogger } from "../kit/mod.ts";
import { storeOptions } from "../servers/mod.ts";
import { openShared, type SharedDatabase } from "../store/mod.ts";
import { isInPostgres } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readConfig } from "./read-config.ts";
import { table } from "./table.ts";

const ANSWER_MS = 10_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `iotctl cluster list [--json]`. @throws ConfigError when the database has no cluster. */
export async function listCluster(options: GlobalOptions, isJson: boolean): Promise<void> {
	const view = await inCluster(options, clusterView);
	print(isJson ? `${JSON.stringify(view, null, 2)}\n` : clusterText(view));
}

/** `iotctl cluster drain NODE [--undo]`. @throws ConfigError when there is no such node. */
export async function drainNode(
	options: GlobalOptions,
	node: string,
	isUndone: boolean,
): Promise<void> {
	const others = await inCluster(options, async (database) => {
		await drain(database, node, !isUndone);
		const { nodes } = await clusterView(database);
		return nodes.filter(({ name, isAlive }) => name !== node && isAlive).length;
	});
	if (isUndone) print(`${node} takes its share again.\n`);
	else if (others > 0) print(`${node} gives what it has to the others.\n`);
	else print(`${node} keeps what it has until there is another node that could take it.\n`);
}

/** What `iotctl cluster list` prints. */
export function clusterText({ name, nodes, partitions }: ClusterView): string {
	const rows = nodes.map((node) => [
		node.name,
		stateOf(node),
		String(node.partitions),
		ageOf(node.seenSeconds),
		node.brokerSeconds === null ? "no" : ageOf(node.brokerSeconds),
		node.version,
		node.url,
		node.process,
	]);
	const head = ["NODE", "STATE", "PARTITIONS", "SEEN", "BROKER FOR", "VERSION", "URL", "WHERE"];
	const shared = partitions.filter(({ id }) => id !== PROJECTS);
	const alone = shared.filter(({ owner }) => owner === null).length;
	const late = shared.filter(({ isExpired }) => isExpired).length;
	const projects = partitions.find(({ id }) => id === PROJECTS);
	return [
		`Cluster ${name}: ${count(nodes.length, "node")}, ${count(shared.length - 1, "partition")} and the router's\n\n`,
		`${table([head, ...rows])}\n`,
		projects === undefined ? "" : `\nThe project manager is on ${projects.owner ?? "no node"}\n`,
		alone === 0 ? "" : `\n${count(alone, "partition")} without an owner\n`,
		late === 0 ? "" : `\n${count(late, "partition")} not renewed in time\n`,
	].join("");
}

function stateOf({ isAlive, isDraining, brokerSeconds }: NodeView): string {
	if (!isAlive) return "silent";
	if (isDraining) return "draining";
	return brokerSeconds === null ? "no broker" : "ok";
}

function ageOf(seconds: number): string {
	if (seconds < MINUTE) return `${seconds.toFixed(1)} s`;
	if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
	return seconds < DAY ? `${Math.floor(seconds / HOUR)} h` : `${Math.floor(seconds / DAY)} d`;
}

async function inCluster<T>(
	options: GlobalOptions,
	work: (database: SharedDatabase) => Promise<T>,
): Promise<T> {
	const config = readConfig(options);
	if (!isInPostgres(config)) {
		throw new ConfigError(
			"this server is not a node of a cluster: the nodes of one share a PostgreSQL database (type in [core-db])",
		);
	}
	const log = createLogger({ level: "warn", format: "text" });
	const database = await openShared(storeOptions(config), ANSWER_MS, log);
	try {
		return await work(database);
	} finally {
		database.close();
	}
}
