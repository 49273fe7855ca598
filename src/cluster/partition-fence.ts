import { ElsewhereError } from "../kit/mod.ts";
import type { Columns, Db } from "../store/mod.ts";
import { FencedError, fence } from "./fence.ts";
import type { Lease } from "./lease.ts";
import type { LeaseLoop } from "./lease-loop.ts";

export interface PartitionFenceDeps {
	/** The name of the node. */
	readonly node: string;
	/** Of the database. */
	readonly columns: Columns;
	readonly loop: Pick<LeaseLoop, "replaced">;
	/** That of a partition, while its work is this node's; undefined: it is not. */
	readonly leaseOf: (partition: number) => Lease | undefined;
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

	/** Begins a change of several partitions. @throws ElsewhereError where one of them is another node's. */
	async all(db: Db, partitions: readonly number[]): Promise<void> {
		// In one order: two nodes that wait for each other would both be refused.
		const inOrder = [...new Set(partitions)].toSorted((a, b) => a - b);
		for (const partition of inOrder) {
			const lease = this.#deps.leaseOf(partition);
			if (lease === undefined) throw elsewhere(`partition ${partition}`);
			await this.under(db, lease);
		}
	}
}

/** @param what Is another node's. */
export function elsewhere(what: string): ElsewhereError {
	return new ElsewhereError(`the server cannot store this now: ${what} is another node's`);
}
