import { clusterRows, clusterView, drain, forget } from "../cluster/mod.ts";
import type { ClusterRows, NodeFigures, NodeView } from "../contract/mod.ts";
import { ConfigError, count, createLogger, StorageError } from "../kit/mod.ts";
import { storeOptions } from "../servers/mod.ts";
import { openShared, type SharedDatabase } from "../store/mod.ts";
import { isInPostgres } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readConfig } from "./read-config.ts";
import { table } from "./table.ts";

const ANSWER_MS = 10_000;
/** How reasons begin in answers to requests. */
const OF_SERVERS = /^the server cannot (store|read) this now: /;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `iotctl cluster list [--json]`. @throws ConfigError when the database has no cluster, or does not answer. */
export async function listCluster(options: GlobalOptions, isJson: boolean): Promise<void> {
	const members = await inCluster(options, clusterView);
	const rows = clusterRows(members);
	if (!isJson) return print(clusterText(rows));
	const owners = members.partitions.map(({ id, owner, token, sinceSeconds, isExpired }) => ({
		...{ id, owner, token, since_seconds: sinceSeconds, is_expired: isExpired },
	}));
	print(`${JSON.stringify({ ...rows, owners }, null, 2)}\n`);
}

/** `iotctl cluster drain NODE [--undo]`. @throws ConfigError when there is no such node. */
export async function drainNode(
	options: GlobalOptions,
	node: string,
	isUndone: boolean,
): Promise<void> {
	const { nodes } = await inCluster(options, async (database) => {
		await drain(database, node, !isUndone);
		return clusterRows(await clusterView(database));
	});
	print(isUndone ? `${node} takes its share again.\n` : drainText(node, nodes));
}

/** What `iotctl cluster drain` prints. */
export function drainText(node: string, nodes: readonly NodeView[]): string {
	if (nodes.some(({ name, state }) => name !== node && state === "ok")) {
		return `${node} gives what it has to the others.\n`;
	}
	return `${node} keeps what it has until there is another node that could take it.\n`;
}

/** `iotctl cluster forget NODE`. @throws ConfigError when it is alive, or there is no such node. */
export async function forgetNode(options: GlobalOptions, node: string): Promise<void> {
	await inCluster(options, (database) => forget(database, node));
	print(`${node} is not listed any more.\n`);
}

/** What `iotctl cluster list` prints. */
export function clusterText(rows: ClusterRows): string {
	const { name, nodes, partitions, sums, project_manager: projects } = rows;
	const { all, without_owner: alone, not_renewed: late } = partitions;
	return [
		`Cluster ${name}: ${count(nodes.length, "node")}, ${count(all - 1, "partition")} and the router's\n\n`,
		`${table([PLACES, ...nodes.map(placeOf)])}\n\n`,
		`${table([FIGURES, ...nodes.map(lastFiguresOf), figuresOf("all", sums)])}\n`,
		projects === undefined ? "" : `\nThe project manager is on ${projects ?? "no node"}\n`,
		alone === 0 ? "" : `\n${count(alone, "partition")} without an owner\n`,
		late === 0 ? "" : `\n${count(late, "partition")} not renewed in time\n`,
		nodes.length > 0 && nodes.every(({ state }) => state === "silent") ? ALL_SILENT : "",
	].join("");
}

const ALL_SILENT =
	"\nAll nodes are silent: none is running, or the database takes no changes; iotctl status on one of them says which\n";
const PLACES = ["NODE", "STATE", "PARTITIONS", "SEEN", "BROKER FOR", "VERSION", "URL", "WHERE"];

function placeOf(node: NodeView): string[] {
	const { name, state, partitions, seen_seconds, broker_seconds, version, url, process } = node;
	const broker = broker_seconds === null ? "no" : ageOf(broker_seconds);
	return [
		name,
		state,
		String(partitions.length),
		ageOf(seen_seconds),
		broker,
		version,
		url,
		process,
	];
}

const FIGURES = [
	"NODE",
	"DEVICES",
	"ONLINE",
	"GRAPHS",
	"IN/S",
	"OUT/S",
	"WAITING",
	"MEMORY",
	"ENGINES",
];

/** What a silent node told last is over: its partitions are with others. */
function lastFiguresOf({ name, state, figures }: NodeView): string[] {
	return figuresOf(name, state === "silent" ? null : figures);
}

function figuresOf(node: string, figures: NodeFigures | null): string[] {
	if (figures === null) return [node, ...FIGURES.slice(1).map(() => "?")];
	const { devices, online, graphs, received_per_second, published_per_second } = figures;
	const { waiting, memory_bytes, engines } = figures;
	const numbers = [devices, online, graphs, received_per_second, published_per_second, waiting];
	const memory = `${Math.round(memory_bytes / 2 ** 20)} MiB`;
	return [node, ...numbers.map(String), memory, String(engines)];
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
	} catch (error) {
		if (!(error instanceof StorageError)) throw error;
		const reason = error.message.replace(OF_SERVERS, "");
		throw new ConfigError(`Cannot ask the cluster: ${reason}; iotctl check says more`);
	} finally {
		database.close();
	}
}
