// Nodes of a cluster in one process, on one database: what a machine does to a node is done to its clock.
import type { Lease } from "../../src/cluster/lease.ts";
import { LeaseLoop } from "../../src/cluster/lease-loop.ts";
import { LeaseRows } from "../../src/cluster/lease-rows.ts";
import type { PartitionUser } from "../../src/cluster/owned-partitions.ts";
import type { NodeFigures } from "../../src/contract/cluster-views.ts";
import { type Clock, systemClock } from "../../src/kit/clock.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { listenedLog } from "./log.ts";
import { DEADLINE_MS } from "./waiting.ts";

/** A clock whose timers rest while its program is frozen (SIGSTOP), or for ever when it was killed. */
export class FreezableClock implements Clock {
	#isFrozen = false;
	readonly #resting: (() => void)[] = [];

	now(): number {
		return systemClock.now();
	}

	after(ms: number, call: () => void): () => void {
		let isCancelled = false;
		const fire = () => {
			if (isCancelled) return;
			if (this.#isFrozen) this.#resting.push(fire);
			else call();
		};
		const cancel = systemClock.after(ms, fire);
		return () => {
			isCancelled = true;
			cancel();
		};
	}

	freeze(): void {
		this.#isFrozen = true;
	}

	thaw(): void {
		this.#isFrozen = false;
		for (const fire of this.#resting.splice(0)) fire();
	}
}

export interface ClusterNodeOptions {
	readonly url: string;
	readonly userdir: string;
	readonly leaseMs: number;
	readonly partitions: number;
	/** Of the directory; by default one of its own. */
	readonly place?: string;
	readonly cluster?: string;
	/** Drawn for it where it is not given. */
	readonly run?: string;
	/** What it tells the others of itself. */
	readonly figures?: NodeFigures;
	readonly hasProjects?: boolean;
	/** Where others reach it; by default at a host of its name. */
	readonly reachedAt?: string;
	/** How long the database may take to answer. A machine under load answers late: by default that is not an outage. */
	readonly answerMs?: number;
}

/** A node that notes what it has. */
export class ClusterNode {
	readonly clock = new FreezableClock();
	/** What it works for now. */
	readonly working = new Map<number, Lease>();
	/** Such as `gained 3 5`: partition and token. */
	readonly events: string[] = [];
	readonly loop: LeaseLoop;
	readonly rows: LeaseRows;
	readonly database: SharedDatabase;
	readonly log = listenedLog();
	brokerLostMs = 0;
	brokerLosses = 0;

	private constructor(
		readonly name: string,
		database: SharedDatabase,
		options: ClusterNodeOptions,
	) {
		this.database = database;
		const { place = crypto.randomUUID(), hasProjects = false } = options;
		const process = `machine of ${name}`;
		const { reachedAt: url = `http://${name}.lab:9992` } = options;
		const { run = crypto.randomUUID(), figures = null } = options;
		const me = { name, run, place, process, version: "1.0.0", url, hasProjects };
		this.rows = new LeaseRows(database, me, options.leaseMs, () => figures);
		const { leaseMs, partitions, cluster = "test" } = options;
		this.loop = new LeaseLoop(
			{ cluster, node: name, leaseMs, partitions },
			{
				rows: this.rows,
				user: this.#user(),
				brokerLostMs: () => this.brokerLostMs,
				brokerLosses: () => this.brokerLosses,
				clock: this.clock,
				log: this.log.log,
			},
		);
	}

	static async make(name: string, options: ClusterNodeOptions): Promise<ClusterNode> {
		const { userdir, url, answerMs = DEADLINE_MS } = options;
		const database = await openShared({ userdir, url }, answerMs, listenedLog().log);
		return new ClusterNode(name, database, options);
	}

	static async start(name: string, options: ClusterNodeOptions): Promise<ClusterNode> {
		const node = await ClusterNode.make(name, options);
		await node.loop.start();
		return node;
	}

	/** As kill -9 to everyone else. */
	kill(): void {
		this.clock.freeze();
	}

	async stop(): Promise<void> {
		this.clock.thaw();
		await this.loop.stop();
		this.database.close();
	}

	#user(): PartitionUser {
		const note = (what: string, { partition, token }: Lease) =>
			this.events.push(`${what} ${partition} ${token}`);
		return {
			gained: (lease) => {
				this.working.set(lease.partition, lease);
				note("gained", lease);
			},
			release: async (lease) => {
				note("release", lease);
				await Bun.sleep(1);
				this.working.delete(lease.partition);
			},
			lost: (lease) => {
				this.working.delete(lease.partition);
				note("lost", lease);
			},
		};
	}
}
