import { ConfigError, StorageError } from "../../kit/mod.ts";
import type { PostgresAddress } from "./address.ts";
import type { Ask } from "./connection.ts";
import { RESTORE } from "./versions.ts";

/** How long a server owns the database without a sign of life. */
const LEASE = "interval '10 seconds'";
/** How often a start looks whether the owner is alive: for longer than one owns the database that does not say so. */
const LOOKS = 42;
const LOOK_EVERY_MS = 300;
/**
 * How long a transaction is kept that nothing more is heard of: the database may believe in a connection for hours whose
 * machine has lost its power, and what it has locked is waited for.
 */
const SILENCE = "10s";
/** What is known of runs that ended long ago goes. */
const RUNS_KEPT = "interval '1 day'";

/** One run of a server, as the database knows it. */
export interface Run {
	/** Drawn for this run. */
	readonly id: string;
	/** Drawn for the directory it runs in, of which it holds the lock: no other server runs there. */
	readonly place: string;
	/** For people, such as `machine (process 7)`. */
	readonly name: string;
	/** The cluster it is a node of: then all of its nodes may write, each what belongs to it. */
	readonly cluster?: string | undefined;
	/** How many migrations of each module it knows. */
	readonly schemas?: Readonly<Record<string, number>>;
}

/** As the row of the owner has it. A cluster is one owner, for good: a server that is none of its nodes is kept out. */
function ownerOf({ id, place, name, cluster }: Run) {
	if (cluster === undefined) return { id, place, name, isForGood: false };
	const one = placeOf(cluster);
	return { id: one, place: one, name: `the cluster "${cluster}"`, isForGood: true };
}

/** In place of a directory, of which a cluster has several. */
function placeOf(cluster: string): string {
	return `cluster ${cluster}`;
}

function ofCluster(text: string, owner: string): ConfigError {
	return new ConfigError(
		`Cannot use the database "${text}": it is that of ${owner}, and only its nodes change it: start one, with that name in [cluster], or use another database`,
	);
}

/**
 * Makes a run, or its cluster, the owner: two servers on one database would each overwrite what the other knows.
 * @throws ConfigError when another server is alive, or the database is another cluster's.
 */
export async function takeOwnership(ask: Ask, run: Run, { text }: PostgresAddress): Promise<void> {
	const { id, place, name, isForGood } = ownerOf(run);
	let first: unknown;
	for (let look = 0; ; look++) {
		const taken = await ask(
			`UPDATE server_owner SET place = $1, run = $2, name = $3,
				until = CASE WHEN $4::boolean THEN 'infinity' ELSE now() + ${LEASE} END
			WHERE until < now() OR place = $1 RETURNING 1`,
			[place, id, name, isForGood],
		);
		if (taken.length > 0) break;
		const [row] = await ask("SELECT name, until::text FROM server_owner");
		if (row === undefined) {
			throw new ConfigError(
				`Cannot use the database "${text}": the row of its table server_owner is missing: ${RESTORE}`,
			);
		}
		const [owner, until] = row;
		if (until === "infinity") throw ofCluster(text, String(owner));
		first ??= until;
		// One that was killed is waited for, until its time is over.
		if (until !== first || look >= LOOKS) {
			throw new ConfigError(
				`Cannot use the database "${text}": it is already in use by the server on ${owner}; stop it there, or use another database`,
			);
		}
		await Bun.sleep(LOOK_EVERY_MS);
	}
	const others = isForGood ? " AND run NOT IN (SELECT run FROM cluster_nodes)" : "";
	await ask(`DELETE FROM server_runs WHERE begun < now() - ${RUNS_KEPT} AND run <> $1${others}`, [
		run.id,
	]);
	await ask("INSERT INTO server_runs (run, schemas) VALUES ($1, $2::text::jsonb)", [
		run.id,
		JSON.stringify(run.schemas ?? {}),
	]);
}

/**
 * Looks who owns the database; changes nothing.
 * @param cluster The cluster a server is to be a node of; undefined: none.
 * @returns the server that is alive and keeps others out, such as `machine (process 7)`.
 * @throws ConfigError when the database is another cluster's, or a cluster's at all.
 */
export async function ownerNow(
	ask: Ask,
	cluster: string | undefined,
	{ text }: PostgresAddress,
): Promise<string | undefined> {
	const [row] = await ask(
		"SELECT name, place, until = 'infinity' FROM server_owner WHERE until > now()",
	);
	if (row === undefined) return undefined;
	const [owner, place, isForGood] = row;
	if (isForGood !== true) return String(owner);
	if (cluster === undefined || place !== placeOf(cluster)) throw ofCluster(text, String(owner));
	return undefined;
}

/**
 * Notes, at the beginning of a transaction, which one it is; what is noted is there exactly if it was committed. No
 * other server can become the owner before it ends.
 * @returns how often accounts were changed, by any program.
 * @throws StorageError when another server has become the owner.
 */
export async function beginAs(ask: Ask, run: Run, mark: string): Promise<string> {
	// Nodes of a cluster must not wait for each other; what each may change is fenced by leases.
	const owner =
		run.cluster === undefined
			? `UPDATE server_owner SET until = now() + ${LEASE} WHERE run = $3 RETURNING run`
			: "SELECT run FROM server_owner WHERE run = $3";
	const [row] = await ask(
		`WITH owner AS (${owner})
		UPDATE server_runs SET last_commit = $2 WHERE run = $1 AND EXISTS (SELECT FROM owner)
		RETURNING (SELECT n FROM account_changes),
			set_config('idle_in_transaction_session_timeout', '${SILENCE}', true)`,
		[run.id, mark, ownerOf(run).id],
	);
	if (row !== undefined) return String(row[0]);
	throw new StorageError(
		"the server cannot store this now: another server uses its database; restart one of them with a database of its own",
	);
}

/** Whether the transaction of a mark was committed; waits for its end. */
export async function wasCommitted(ask: Ask, run: Run, mark: string): Promise<boolean> {
	await ask("BEGIN");
	// The row is locked until the transaction has ended, also one whose connection we have lost.
	const [row] = await ask("SELECT last_commit FROM server_runs WHERE run = $1 FOR UPDATE", [
		run.id,
	]);
	await ask("ROLLBACK");
	return row?.[0] === mark;
}

/** Lets the next server in at once; a cluster stays the owner. */
export async function giveUpOwnership(ask: Ask, run: Run): Promise<void> {
	await ask("UPDATE server_owner SET until = '-infinity' WHERE run = $1", [run.id]);
}
