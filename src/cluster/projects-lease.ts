import type { StorePort } from "../store/mod.ts";
import { FencedStore } from "./fenced-store.ts";
import type { Lease } from "./lease.ts";
import type { LeaseLoop } from "./lease-loop.ts";
import type { LeaseRows } from "./lease-rows.ts";
import type { PartitionUser } from "./owned-partitions.ts";
import type { PartitionFence } from "./partition-fence.ts";
import { PROJECTS } from "./partition-of.ts";
import type { Users } from "./users.ts";

export interface ProjectsLeaseDeps {
	readonly users: Pick<Users, "setProjects">;
	readonly rows: Pick<LeaseRows, "ownerOf" | "secret">;
	readonly loop: Pick<LeaseLoop, "databaseTime" | "stillOwns">;
	readonly fence: Pick<PartitionFence, "under">;
}

/** The project manager of a cluster as one node sees it: it runs here while its lease is this node's. */
export class ProjectsLease {
	readonly #deps: ProjectsLeaseDeps;
	#secret: string | undefined;

	constructor(deps: ProjectsLeaseDeps) {
		this.#deps = deps;
	}

	/** Has it run here while its lease is this node's; to be called before the node starts. */
	lead(user: PartitionUser): void {
		this.#deps.users.setProjects(user);
	}

	/** The node is one of the cluster. @throws StorageError */
	async joined(): Promise<void> {
		this.#secret = await this.#deps.rows.secret();
	}

	/** The node that has it; undefined: there is none at the moment. @throws StorageError */
	owner(): Promise<{ name: string; url: string } | undefined> {
		return this.#deps.rows.ownerOf(PROJECTS);
	}

	/** What the nodes that could run it have in common; known once this one has joined. */
	get secret(): string | undefined {
		return this.#secret;
	}

	/** See `LeaseLoop.databaseTime`. */
	get databaseTime(): number | undefined {
		return this.#deps.loop.databaseTime;
	}

	/** See `LeaseLoop.stillOwns`. @throws StorageError */
	stillOwns(lease: Lease): Promise<boolean> {
		return this.#deps.loop.stillOwns(lease);
	}

	/** The database as the holder of its lease changes it. */
	storeUnder(lease: Lease, store: StorePort): StorePort {
		return new FencedStore(store, (db) => this.#deps.fence.under(db, lease));
	}
}
