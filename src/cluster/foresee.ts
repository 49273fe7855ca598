import type { SharedDatabase } from "../store/mod.ts";
import { hasCluster, type Member, readMembers } from "./members.ts";
import { whyAnother } from "./one-cluster.ts";

/** What a start as a node would find. */
export interface Foreseen {
	/** Why it would be refused; undefined: it would not be, as far as leases are concerned. */
	readonly refusal: string | undefined;
	/** Whether it would be the first of the cluster. */
	readonly isFirst: boolean;
	/** A server with the name of the node that gave a sign of life within its lease; undefined: none. */
	readonly namesake: Member | undefined;
	/** The other nodes that did. */
	readonly others: readonly Member[];
}

export interface NodeToBe {
	readonly cluster: string;
	readonly node: string;
	/** Without the router's. */
	readonly partitions: number;
}

/** Looks what a start as a node would find, and changes nothing. @throws StorageError when the database does not answer. */
export async function foresee(
	database: Pick<SharedDatabase, "ask">,
	{ cluster, node, partitions }: NodeToBe,
): Promise<Foreseen> {
	const isThere = await hasCluster(database);
	const [row] = isThere ? await database.ask("SELECT name, partitions FROM cluster") : [];
	if (row === undefined) {
		return { refusal: undefined, isFirst: true, namesake: undefined, others: [] };
	}
	const there = { name: String(row[0]), partitions: Number(row[1]) };
	const alive = (await readMembers(database)).nodes.filter(({ isAlive }) => isAlive);
	return {
		refusal: whyAnother({ name: cluster, partitions }, there),
		isFirst: false,
		namesake: alive.find(({ name }) => name === node),
		others: alive.filter(({ name }) => name !== node),
	};
}
