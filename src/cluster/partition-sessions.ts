import { type Clock, KeyedQueue, type Logger, messageOf, pause } from "../kit/mod.ts";
import type { BrokerMessage, BrokerSession, SessionOptions } from "../mqtt/mod.ts";
import { ChangesInFlight } from "./changes-in-flight.ts";
import { handedFilter } from "./control-topics.ts";
import type { Lease } from "./lease.ts";
import type { PartitionUser } from "./owned-partitions.ts";
import { dataFilter, ROUTER } from "./partition-of.ts";
import type { PartitionWork } from "./partition-work.ts";
import { Router } from "./router.ts";

export interface PartitionSessionsOptions {
	/** Name of the cluster. */
	readonly cluster: string;
	/** Without the router's. */
	readonly partitions: number;
	readonly dataQos: 1 | 2;
}

export interface PartitionSessionsDeps {
	readonly session: (options: SessionOptions) => BrokerSession;
	readonly work: PartitionWork;
	/** Takes control messages that were handed to a partition. */
	readonly onHanded: (message: BrokerMessage, lease: Lease) => void;
	/** See `LeaseLoop.stillOwns`. */
	readonly stillOwns: (lease: Lease) => Promise<boolean>;
	readonly clock: Clock;
	readonly log: Logger;
}

/** A partition that is worked for. */
interface Served {
	readonly lease: Lease;
	/** Data is apart: a function that hangs holds up no request. */
	readonly data: BrokerSession;
	readonly control: BrokerSession;
	readonly changes: ChangesInFlight;
	/** It is being left: its sessions are to be opened no more, and nothing new begins. */
	isOver: boolean;
	/** What belongs to it was told to end. */
	isEnded: boolean;
}

/** Before what could not be read from the database is read again. */
const RETRY_MS = 250;
/** Keeps the order of what begins and ends. */
const ONE = "";

/** Works for the partitions of a node: a session at the broker for data and one for control messages of each. */
export class PartitionSessions implements PartitionUser {
	/** How many sessions the broker has lost, with what waited in them. */
	lostByBroker = 0;
	readonly #options: PartitionSessionsOptions;
	readonly #deps: PartitionSessionsDeps;
	readonly #served = new Map<number, Served>();
	/** Those that are not begun yet. */
	readonly #fresh = new Set<Served>();
	/** Those that came last, which begin together; undefined: they have begun, or something has ended since. */
	#together: Served[] | undefined;
	readonly #queue = new KeyedQueue();
	#router: Router | undefined;
	#isHeld = false;

	constructor(options: PartitionSessionsOptions, deps: PartitionSessionsDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	/** Whether a partition is this node's, all that is stored of it is there, and it is not being left. */
	has(partition: number): boolean {
		const served = this.#served.get(partition);
		return served?.isOver === false && !this.#fresh.has(served);
	}

	/** The lease of a partition, also of one that is being left; undefined: it is not this node's. */
	leaseOf(partition: number): Lease | undefined {
		return this.#served.get(partition)?.lease;
	}

	/**
	 * A change of a partition is decided: what is in memory stays until it has ended.
	 * @param isInMemory Whether something follows from it there.
	 * @returns its lease, and what ends the change; undefined: the partition is not this node's, or what is in memory is ending.
	 */
	beginChange(
		partition: number,
		isInMemory: boolean,
	): { readonly lease: Lease; readonly end: () => void } | undefined {
		const served = this.#served.get(partition);
		if (served === undefined || (isInMemory && served.isEnded)) return undefined;
		return { lease: served.lease, end: served.changes.begin() };
	}

	/** Where the data of a partition's graphs comes from and goes to; undefined: it is not this node's. */
	dataOf(partition: number): BrokerSession | undefined {
		return this.#served.get(partition)?.data;
	}

	/** Why some cannot be used; undefined while all can. */
	get problem(): string | undefined {
		if (this.#fresh.size > 0) return `${this.#fresh.size} partitions are being taken over`;
		const all = [...this.#served.values()].flatMap(({ data, control }) => [data, control]);
		const found = [...all, this.#router?.session].find((session) => session?.problem !== undefined);
		return found?.problem;
	}

	/** While it is held, none takes data. */
	holdData(isHeld: boolean): void {
		this.#isHeld = isHeld;
		for (const { data } of this.#served.values()) data.hold(isHeld);
	}

	/** Takes nothing more, of all of them. */
	finish(): void {
		void this.#router?.session.finish();
		for (const { control, data } of this.#served.values()) {
			void control.finish();
			void data.finish();
		}
	}

	gained(lease: Lease): void {
		const { partition } = lease;
		if (partition === ROUTER) {
			this.#router = new Router(this.#options.partitions, lease.token, {
				session: (filters) => this.#session(lease, "router", filters, 1),
				log: this.#deps.log,
			});
			return;
		}
		const filters = [dataFilter(partition)];
		const data = this.#session(lease, String(partition), filters, this.#options.dataQos);
		const control = this.#session(lease, `${partition}-c`, [handedFilter(partition)], 1);
		data.hold(this.#isHeld);
		const changes = new ChangesInFlight();
		const served = { lease, data, control, changes, isOver: false, isEnded: false };
		this.#served.set(partition, served);
		this.#fresh.add(served);
		if (this.#together === undefined) {
			const all: Served[] = [];
			this.#together = all;
			void this.#queue.run(ONE, () => this.#beginFresh(all));
		}
		this.#together.push(served);
	}

	async release({ partition }: Lease): Promise<void> {
		if (partition === ROUTER) {
			const router = this.#router;
			this.#router = undefined;
			await router?.session.finish();
			await router?.session.leave();
			return;
		}
		const served = this.#served.get(partition);
		if (served === undefined) return;
		const { data, control } = served;
		served.isOver = true;
		// Requests first: what they change is data's.
		await control.finish();
		await data.finish();
		await this.#end(served, false);
		await Promise.all([data.leave(), control.leave()]);
	}

	lost({ partition }: Lease): void {
		if (partition === ROUTER) {
			this.#router?.session.cut();
			this.#router = undefined;
			return;
		}
		const served = this.#served.get(partition);
		if (served === undefined) return;
		served.isOver = true;
		served.data.cut();
		served.control.cut();
		void this.#end(served, true);
	}

	#session(lease: Lease, name: string, filters: readonly string[], qos: 1 | 2): BrokerSession {
		const clientId = `iotctl-${this.#options.cluster}-${name}`;
		const mayReturn = () => this.#deps.stillOwns(lease);
		const onLost = () => {
			this.lostByBroker += 1;
		};
		return this.#deps.session({ clientId, filters, qos, mayReturn, onLost });
	}

	/** Begins with all that came together: each would read the database for itself. */
	async #beginFresh(all: readonly Served[]): Promise<void> {
		const { work, onHanded, log } = this.#deps;
		// The rest of them comes in the same turn.
		await Promise.resolve();
		if (this.#together === all) this.#together = undefined;
		for (let level: "warn" | "debug" = "warn"; ; level = "debug") {
			const fresh = all.filter((one) => this.#fresh.has(one) && !one.isOver);
			if (fresh.length === 0) return;
			try {
				await work.begin(new Set(fresh.map(({ lease }) => lease.partition)));
			} catch (error) {
				// While a database is away it is tried again and again: once is enough to say so.
				log[level]("cannot begin with partitions yet", { reason: messageOf(error) });
				await pause(this.#deps.clock, RETRY_MS);
				continue;
			}
			for (const served of fresh) {
				this.#fresh.delete(served);
				const { control, data, lease } = served;
				if (served.isOver) continue;
				const hear = (message: BrokerMessage) => onHanded(message, lease);
				await control.subscribe(handedFilter(lease.partition), hear);
				data.open();
				control.open();
			}
		}
	}

	#end(served: Served, isLost: boolean): Promise<void> {
		const { partition } = served.lease;
		const forget = () => {
			if (this.#served.get(partition) === served) this.#served.delete(partition);
		};
		// What is stored at the end of one that is only left needs its lease.
		if (isLost) forget();
		if (served.isEnded) return Promise.resolve();
		served.isEnded = true;
		// Those that come from now on may have to wait for this.
		this.#together = undefined;
		return this.#queue.run(ONE, async () => {
			// What follows from them in memory ends with the rest.
			await served.changes.over();
			const wasBegun = !this.#fresh.delete(served);
			// It may be this node's again meanwhile, and is begun with behind this.
			if (wasBegun) await this.#endWork(partition, isLost);
			forget();
		});
	}

	async #endWork(partition: number, isLost: boolean): Promise<void> {
		const { work, log } = this.#deps;
		await work.end(partition, isLost).catch((error) => {
			log.error("cannot end a partition cleanly", { partition, reason: messageOf(error) });
		});
	}
}
