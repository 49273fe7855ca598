import { ElsewhereError } from "../kit/mod.ts";
import type { Columns, Db } from "../store/mod.ts";
import { FencedError, fence } from "./fence.ts";
import type { Lease } from "./lease.ts";
import type { LeaseLoop } from "./lease-loop.ts";
import type { PartitionSessions } from "./partition-sessions.ts";

export interface PartitionFenceDeps {
	/** The name of the node. */
	readonly node: string;
	/** Of the database. */
	readonly columns: Columns;
	readonly loop: Pick<LeaseLoop, "replaced">;
	readonly sessions: Pick<PartitionSessions, "leaseOf" | "beginChange">;
}

/** A change of partitions, from when it was decided until it has ended. */
export interface Change {
	/** Begins its unit of work. @throws ElsewhereError */
	fence(db: Db): Promise<void>;
	end(): void;
}

/** Begins units of work under the leases of a node. What is another node's by then is dropped here. */
export class PartitionFence {
	readonly #deps: PartitionFenceDeps;

	constructor(deps: PartitionFenceDeps) {
		this.#deps = deps;
	}

	/** @throws FencedError where the lease is another node's. */
	async under(db: Db, lease: Lease): Promise<void> {
		const { columns, node, loop } = this.#deps;
		try {
			await fence(db, columns, node, lease);
		} catch (error) {
			if (error instanceof FencedError) loop.replaced(lease);
			throw error;
		}
	}

	/**
	 * A change of several partitions is decided, under their current leases.
	 * @param isInMemory Whether something follows from it in memory.
	 * @throws ElsewhereError where one of them is another node's, or ending.
	 */
	begin(partitions: readonly number[], isInMemory: boolean): Change {
		// In one order: two nodes that wait for each other would both be refused.
		const inOrder = [...new Set(partitions)].toSorted((a, b) => a - b);
		const begun: { readonly lease: Lease; readonly end: () => void }[] = [];
		const end = () => {
			for (const one of begun) one.end();
		};
		for (const partition of inOrder) {
			const one = this.#deps.sessions.beginChange(partition, isInMemory);
			if (one === undefined) {
				end();
				throw elsewhere(`partition ${partition}`);
			}
			begun.push(one);
		}
		return {
			fence: async (db) => {
				for (const { lease } of begun) await this.#still(db, lease);
			},
			end,
		};
	}

	/** @throws ElsewhereError where it is another node's, or this one has it again. */
	async #still(db: Db, lease: Lease): Promise<void> {
		const { partition, token } = lease;
		if (this.#deps.sessions.leaseOf(partition)?.token !== token) {
			throw elsewhere(`partition ${partition}`);
		}
		await this.under(db, lease);
	}
}

/** @param what Is another node's, or has been. */
export function elsewhere(what: string): ElsewhereError {
	return new ElsewhereError(`the server cannot store this now: ${what} is another node's`);
}
