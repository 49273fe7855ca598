import type { Lease } from "./lease.ts";
import type { PartitionUser } from "./owned-partitions.ts";
import { PROJECTS } from "./partition-of.ts";

/** Tells what works for a partition of it: the project manager of its own, something else of all others. */
export class Users implements PartitionUser {
	readonly #others: PartitionUser;
	#projects: PartitionUser | undefined;

	constructor(others: PartitionUser) {
		this.#others = others;
	}

	/** From now on there is a project manager. */
	setProjects(user: PartitionUser): void {
		this.#projects = user;
	}

	gained(lease: Lease): void {
		this.#of(lease)?.gained(lease);
	}

	async release(lease: Lease): Promise<void> {
		await this.#of(lease)?.release(lease);
	}

	lost(lease: Lease): void {
		this.#of(lease)?.lost(lease);
	}

	#of({ partition }: Lease): PartitionUser | undefined {
		return partition === PROJECTS ? this.#projects : this.#others;
	}
}
