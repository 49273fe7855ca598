import type { Db, StorePort } from "../store/mod.ts";
import { FencedStore } from "./fenced-store.ts";
import type { Lease } from "./lease.ts";
import type { LeaseLoop } from "./lease-loop.ts";
import type { LeaseRows } from "./lease-rows.ts";
import type { PartitionUser } from "./owned-partitions.ts";
import { PROJECTS } from "./partition-of.ts";
import type { Users } from "./users.ts";

export interface NodeProjectsDeps {
	readonly rows: LeaseRows;
	readonly loop: () => LeaseLoop;
	readonly users: Users;
	/** Begins a change under a lease. @throws FencedError */
	readonly fence: (db: Db, lease: Lease) => Promise<void>;
}

/** The project manager of a cluster, as one of its nodes knows it. */
export class NodeProjects {
	readonly #deps: NodeProjectsDeps;
	#secret: string | undefined;

	constructor(deps: NodeProjectsDeps) {
		this.#deps = deps;
	}

	/** What the nodes have in common, and no one else knows; known once the node has started. */
	get secret(): string | undefined {
		return this.#secret;
	}

	/** See `LeaseLoop.databaseTime`. */
	get databaseTime(): number | undefined {
		return this.#deps.loop().databaseTime;
	}

	/** Has it run here while its lease is this node's; to be called before the start. */
	lead(user: PartitionUser): void {
		this.#deps.users.setProjects(user);
	}

	/** The node is one of the cluster. @throws StorageError */
	async start(): Promise<void> {
		this.#secret = await this.#deps.rows.secret();
	}

	/** The node that has it; undefined: there is none at the moment. @throws StorageError */
	owner(): Promise<{ name: string; url: string } | undefined> {
		return this.#deps.rows.ownerOf(PROJECTS);
	}

	/** See `LeaseLoop.stillOwns`. @throws StorageError */
	stillOwns(lease: Lease): Promise<boolean> {
		return this.#deps.loop().stillOwns(lease);
	}

	/** The database as the holder of a lease changes it. */
	storeUnder(lease: Lease, store: StorePort): StorePort {
		return new FencedStore(store, (db) => this.#deps.fence(db, lease));
	}
}
