import { type Clock, type Logger, messageOf } from "../kit/mod.ts";
import type { Held } from "./decide.ts";
import type { Lease } from "./lease.ts";
import type { LeaseRows } from "./lease-rows.ts";
import { partitionList } from "./partition-list.ts";

/** What works for partitions. None of it throws. */
export interface PartitionUser {
	/** It is this node's now. */
	gained(lease: Lease): void;
	/** Takes no more, finishes what it has begun, and disconnects; resolves when nothing more comes out. */
	release(lease: Lease): Promise<void>;
	/** It is another's: nothing of it may go on. */
	lost(lease: Lease): void;
}

export interface OwnedPartitionsDeps {
	readonly rows: LeaseRows;
	readonly user: PartitionUser;
	/** How long releasing one may take; then it ends as if it were lost. */
	readonly releaseMs: number;
	readonly clock: Clock;
	readonly log: Logger;
}

interface Owned {
	readonly lease: Lease;
	state: "kept" | "releasing" | "released";
	/** Resolves when it is given away, or the database did not answer. */
	giving: Promise<void> | undefined;
}

/** The partitions of a node, and how they come and go. */
export class OwnedPartitions {
	readonly counts = { taken: 0, given: 0, lost: 0 };
	readonly #deps: OwnedPartitionsDeps;
	readonly #owned = new Map<number, Owned>();

	constructor(deps: OwnedPartitionsDeps) {
		this.#deps = deps;
	}

	/** For a decision. */
	all(): ReadonlyMap<number, Held> {
		const held = [...this.#owned].map(
			([id, { lease, state }]) =>
				[id, { token: lease.token, isLeaving: state !== "kept" }] as const,
		);
		return new Map(held);
	}

	/** Numbers of those that are not being given away, in order. */
	kept(): number[] {
		return [...this.#owned]
			.filter(([, { state }]) => state === "kept")
			.map(([id]) => id)
			.toSorted((a, b) => a - b);
	}

	has({ partition, token }: Lease): boolean {
		return this.#owned.get(partition)?.lease.token === token;
	}

	/** @param how Whether they were another's, or nobody's; or this node's before. */
	gain(leases: readonly Lease[], how: "taken" | "kept"): void {
		if (leases.length === 0) return;
		for (const lease of leases) {
			this.#owned.set(lease.partition, { lease, state: "kept", giving: undefined });
			this.#deps.user.gained(lease);
		}
		this.counts.taken += leases.length;
		this.#tell(
			`partitions ${how}`,
			leases.map(({ partition }) => partition),
		);
	}

	loseAll(partitions: readonly number[]): void {
		for (const id of partitions) {
			const owned = this.#owned.get(id);
			if (owned === undefined) continue;
			this.#owned.delete(id);
			this.#deps.user.lost(owned.lease);
			this.counts.lost += 1;
		}
		this.#tell("partitions lost to another node", partitions);
	}

	/** As {@link loseAll}, unless it is another lease by now. */
	lose(lease: Lease): void {
		if (this.has(lease)) this.loseAll([lease.partition]);
	}

	/** Begins to give one away. */
	give(partition: number): void {
		const owned = this.#owned.get(partition);
		if (owned !== undefined) void this.#give(owned);
	}

	/** Tries again to tell the database of those that were released. */
	giveReleased(): void {
		for (const owned of this.#owned.values()) {
			if (owned.state === "released") void this.#give(owned);
		}
	}

	/** Gives all away; resolves when they are, or the database does not answer. */
	async giveAll(): Promise<void> {
		await Promise.all([...this.#owned.values()].map((owned) => this.#give(owned)));
	}

	/** Goes on with it where that is needed; never rejects. */
	#give(owned: Owned): Promise<void> {
		owned.giving ??= this.#releaseAndGive(owned).finally(() => {
			owned.giving = undefined;
		});
		return owned.giving;
	}

	async #releaseAndGive(owned: Owned): Promise<void> {
		if (owned.state === "kept") {
			owned.state = "releasing";
			await this.#release(owned);
			// It may have been lost meanwhile.
			if (this.#isCurrent(owned)) owned.state = "released";
		}
		if (owned.state === "released") await this.#handOver(owned);
	}

	async #release({ lease }: Owned): Promise<void> {
		const { user, clock, releaseMs, log } = this.#deps;
		const { promise: late, resolve } = Promise.withResolvers<"late">();
		const cancel = clock.after(releaseMs, () => resolve("late"));
		const end = await Promise.race([user.release(lease).then(() => "released"), late]);
		cancel();
		if (end !== "late") return;
		log.warn("a partition was not released in time", { partition: lease.partition });
		user.lost(lease);
	}

	async #handOver(owned: Owned): Promise<void> {
		const { rows, log } = this.#deps;
		const { partition } = owned.lease;
		try {
			await rows.give(owned.lease);
		} catch (error) {
			log.debug("a partition cannot be given away yet", { partition, reason: messageOf(error) });
			return;
		}
		if (!this.#isCurrent(owned)) return;
		this.#owned.delete(partition);
		this.counts.given += 1;
		log.info("partition given away", { partition: partitionList([partition]) });
	}

	#isCurrent(owned: Owned): boolean {
		return this.#owned.get(owned.lease.partition) === owned;
	}

	#tell(message: string, partitions: readonly number[]): void {
		if (partitions.length > 0)
			this.#deps.log.info(message, { partitions: partitionList(partitions) });
	}
}
