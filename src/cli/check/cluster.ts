import { CLUSTER_SCHEMA, type Foreseen, foresee } from "../../cluster/mod.ts";
import { ConfigError, createLogger, messageOf } from "../../kit/mod.ts";
import { isNode, nodeName, nodeProcess, nodeUrl, storeOptions } from "../../servers/mod.ts";
import { type Config, isLocal } from "../../settings/mod.ts";
import { type ModuleSchema, openShared } from "../../store/mod.ts";
import type { Finding } from "./places.ts";

const ANSWER_MS = 10_000;
const URL_ANSWER_MS = 3000;
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

const what = "cluster";

/** What a server keeps in the database besides its modules'. */
export function schemasOfNode({ cluster }: Config): readonly ModuleSchema[] {
	return cluster.name === "" ? [] : [CLUSTER_SCHEMA];
}

export interface Around {
	/** Names of the server modules. */
	readonly servers: readonly string[];
	/** The server that runs with this user directory; undefined: none does. */
	readonly running: { readonly pid: number | undefined } | undefined;
	/** Whether the database can be used; if not, that has been said. */
	readonly hasDatabase: boolean;
}

/** How a start as a node of a cluster would go; nothing for a server alone. */
export async function cluster(config: Config, around: Around): Promise<Finding[]> {
	try {
		if (!isNode(config, around.servers)) return [];
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return [{ what, state: "FAIL", text: error.message }];
	}
	if (!around.hasDatabase) return [];
	const { name, partitions } = config.cluster;
	const node = nodeName(config);
	const database = await openShared(
		storeOptions(config),
		ANSWER_MS,
		createLogger({ level: "error", format: "text" }),
	);
	try {
		const found = await foresee(database, { cluster: name, node, partitions });
		if (found.refusal !== undefined) return [{ what, state: "FAIL", text: found.refusal }];
		const { running } = around;
		const others = found.others.filter(({ process }) => !isOf(running, process));
		const without = { ...found, others };
		return [ofNode(config, without), ...(await doubts(config, without, running !== undefined))];
	} catch (error) {
		return [{ what, state: "FAIL", text: messageOf(error) }];
	} finally {
		database.close();
	}
}

/** Whether a node is the server of this directory, which may have been started under another name. */
function isOf(running: Around["running"], process: string): boolean {
	return running?.pid !== undefined && process === nodeProcess(running.pid);
}

function ofNode(config: Config, { isFirst, others }: Foreseen): Finding {
	const { name, partitions } = config.cluster;
	const list = others.map((other) => `${other.name} at ${other.url}`).join(", ");
	const running = list === "" ? "no other node is running" : `others: ${list}`;
	const rest = isFirst ? "the first one: its start makes the cluster" : running;
	return {
		what,
		state: "ok",
		text: `node ${nodeName(config)} of ${name}, ${partitions} partitions; ${rest}`,
	};
}

/** What keeps no node from starting, but from working well, or may pass. */
async function doubts(config: Config, found: Foreseen, isRunning: boolean): Promise<Finding[]> {
	const texts: string[] = [];
	const { namesake, others } = found;
	const url = nodeUrl(config, config.core["http-port"]);
	if (namesake !== undefined && !isRunning) {
		const { name, process, seenSeconds } = namesake;
		texts.push(
			`the node "${name}" gave a sign of life ${seenSeconds.toFixed(1)} s ago, on ${process}: while it runs elsewhere, a start is refused; give each node a name of its own, with node in [cluster]`,
		);
	}
	for (const other of others.filter((one) => one.url === url)) {
		texts.push(
			`url in [cluster] is ${url}, which is that of the node "${other.name}" of the cluster: while that runs, a start is refused; give each node its own`,
		);
	}
	if (isLocal(config) && !LOOPBACK.test(new URL(url).hostname)) {
		texts.push(
			`bind in [core] is this machine only: other nodes cannot reach this one at ${url}; set bind = 0.0.0.0, or url in [cluster] to an address of this machine only`,
		);
	}
	const silences = await Promise.all(others.map((other) => silenceOf(other.url)));
	for (const [index, other] of others.entries()) {
		const silence = silences[index];
		if (silence === undefined) continue;
		texts.push(
			`the node "${other.name}" does not answer at ${other.url} (${silence}): requests cannot be passed on to it`,
		);
	}
	return texts.map((text) => ({ what, state: "note", text }));
}

/** Why nothing answers at the address of a node; undefined: something does. */
async function silenceOf(url: string): Promise<string | undefined> {
	try {
		const signal = AbortSignal.timeout(URL_ANSWER_MS);
		await (await fetch(`${url}/health`, { signal, redirect: "manual" })).body?.cancel();
		return undefined;
	} catch (error) {
		return messageOf(error);
	}
}
