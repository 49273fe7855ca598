import { type Clock, ConfigError, pause, StorageError } from "../kit/mod.ts";
import type { LeaseRows, Round, Taken } from "./lease-rows.ts";

/** How long a start waits for a database that does not answer. */
const PATIENCE_MS = 10_000;
/** How often it is asked, in a lease. */
const QUESTIONS = 5;

export interface JoinOptions {
	/** Of the cluster. */
	readonly cluster: string;
	/** Of this node. */
	readonly node: string;
	readonly leaseMs: number;
	/** Without the router's. */
	readonly partitions: number;
}

export interface JoinDeps {
	readonly rows: LeaseRows;
	readonly reachesBroker: () => boolean;
	readonly clock: Clock;
}

/**
 * Becomes a node of a cluster; the first one makes the partitions. A node of the same name that was killed is waited for,
 * until its time is over, and so is one that was reached at the same URL; one that ran in the same directory is followed at
 * once.
 * @throws ConfigError when the database is another cluster's or does not answer, or another node has the name or URL.
 */
export async function join(
	{ cluster, node, leaseMs, partitions }: JoinOptions,
	{ rows, reachesBroker, clock }: JoinDeps,
): Promise<Round> {
	const pauseMs = leaseMs / QUESTIONS;
	const patience = { clock, deadline: clock.now() + PATIENCE_MS, pauseMs };
	await patiently(() => rows.claim(cluster, partitions), patience);
	const urlTaken = () => rows.urlTaken();
	const urlRefusal = (by: string) =>
		`url in [cluster] is ${rows.url}, which is that of the node "${by}" of the cluster: give each node its own`;
	await whenFree(urlTaken, urlRefusal, patience);
	const first = await whenFree(
		() => rows.renew(reachesBroker(), true),
		(by) =>
			`the node "${node}" of the cluster is running already, on ${by}: give each node a name of its own, with node in [cluster]`,
		patience,
	);
	try {
		// Of two that began at the same moment neither saw the other; now that each has said that it is there, one does.
		const other = await patiently(urlTaken, patience);
		if ("by" in other) {
			if (other.by < node) throw new ConfigError(urlRefusal(other.by));
			await whenFree(urlTaken, urlRefusal, patience);
		}
	} catch (error) {
		await rows.leave().catch(() => {});
		throw error;
	}
	return first;
}

/**
 * Asks until no one else has it.
 * @throws ConfigError when the one that has it gives a sign of life meanwhile.
 */
async function whenFree<T extends object>(
	ask: () => Promise<T | Taken>,
	refusal: (by: string) => string,
	patience: Patience,
): Promise<T> {
	let before: Taken | undefined;
	for (;;) {
		const answer = await patiently(ask, patience);
		if (!("by" in answer)) return answer;
		if (before !== undefined && before.seen !== answer.seen) {
			throw new ConfigError(refusal(answer.by));
		}
		before = answer;
		await pause(patience.clock, patience.pauseMs);
	}
}

interface Patience {
	readonly clock: Clock;
	/** Until when, by the clock. */
	readonly deadline: number;
	readonly pauseMs: number;
}

async function patiently<T>(
	work: () => Promise<T>,
	{ clock, deadline, pauseMs }: Patience,
): Promise<T> {
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof StorageError)) throw error;
			if (clock.now() > deadline) {
				throw new ConfigError(`Cannot become a node of the cluster: ${error.message}`);
			}
		}
		await pause(clock, pauseMs);
	}
}
