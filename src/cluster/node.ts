import { type Clock, ElsewhereError, type Logger, type Metric, messageOf } from "../kit/mod.ts";
import type { BrokerSession } from "../mqtt/mod.ts";
import type { Columns, Db, SharedDatabase } from "../store/mod.ts";
import type { ClusterBroker } from "./cluster-broker.ts";
import { clusterMetrics } from "./cluster-metrics.ts";
import { deviceOfLinks, handedTopic, linksTopic } from "./control-topics.ts";
import { FencedError, fence } from "./fence.ts";
import type { JoinOptions } from "./join.ts";
import { noteRequest } from "./last-requests.ts";
import type { Lease, NodeIdentity } from "./lease.ts";
import { LeaseLoop } from "./lease-loop.ts";
import { LeaseRows } from "./lease-rows.ts";
import { NodeProjects } from "./node-projects.ts";
import { inputTopic, partitionOf } from "./partition-of.ts";
import { PartitionSessions, type PartitionWork } from "./partition-sessions.ts";
import { Users } from "./users.ts";

export interface ClusterNodeOptions extends JoinOptions {
	/** Its URL is asked for when it is told. */
	readonly identity: NodeIdentity;
	/** Of subscriptions to data. */
	readonly dataQos: 1 | 2;
}

export interface ClusterNodeDeps {
	/** For leases: it answers within one, or not at all. */
	readonly database: SharedDatabase;
	/** For what clients wait for, which a slow answer is better for than none. */
	readonly patient: SharedDatabase;
	readonly broker: ClusterBroker;
	/** Of the database. */
	readonly columns: Columns;
	readonly work: PartitionWork;
	/** Whether it can work: before that it takes nothing over. */
	readonly isReady: () => boolean;
	/** The greatest id of a link that is stored. */
	readonly lastLinkId: () => Promise<number>;
	readonly clock: Clock;
	readonly log: Logger;
}

/** As if the broker had just been lost: others do not count on it, and it gives nothing away. */
const NOT_READY_MS = 1;

/** A server as one node of a cluster: which partitions it has, and what is asked of others. */
export class ClusterNode {
	readonly #options: ClusterNodeOptions;
	readonly #deps: ClusterNodeDeps;
	readonly #sessions: PartitionSessions;
	readonly projects: NodeProjects;
	/** What clients wait for. */
	readonly #rows: LeaseRows;
	readonly #loop: LeaseLoop;

	constructor(options: ClusterNodeOptions, deps: ClusterNodeDeps) {
		this.#options = options;
		this.#deps = deps;
		const { broker, work, clock, log, database, patient } = deps;
		const { identity, leaseMs } = options;
		this.#rows = new LeaseRows(patient, identity, leaseMs);
		this.#sessions = new PartitionSessions(options, {
			...{ work, clock, log },
			session: (wanted) => broker.session(wanted),
			onHanded: broker.takeHanded,
			stillOwns: (lease) => this.#loop.stillOwns(lease),
		});
		const users = new Users(this.#sessions);
		this.projects = new NodeProjects({
			...{ rows: this.#rows, loop: () => this.#loop, users },
			fence: (db, lease) => this.#fence(db, lease),
		});
		this.#loop = new LeaseLoop(options, {
			...{ rows: new LeaseRows(database, identity, leaseMs), user: users, clock, log },
			brokerLostMs: () => (deps.isReady() ? broker.lostMs : NOT_READY_MS),
		});
		broker.use(this.#sessions);
	}

	/** Its name. */
	get name(): string {
		return this.#options.node;
	}

	/** Why leases are not renewed at the moment, for people; undefined: they are. */
	get problem(): string | undefined {
		return this.#loop.problem;
	}

	/** Partitions that this node works for. */
	get held(): readonly number[] {
		return this.#loop.held;
	}

	/** Joins, and begins to take partitions; the broker and all that uses it have been started. @throws ConfigError */
	async start(): Promise<void> {
		await this.#rows.raiseLinkIds(await this.#deps.lastLinkId());
		await this.#loop.start();
		await this.projects.start();
	}

	/** Gives everything to the others, and leaves. */
	async stop(): Promise<void> {
		await this.#loop.stop();
		this.#deps.database.close();
		this.#deps.patient.close();
	}

	/** Whether a graph (`CLIENT/GRAPH`) or device is this node's. */
	isOurs(key: string): boolean {
		return this.#sessions.has(this.partitionOf(key));
	}

	partitionOf(key: string): number {
		return partitionOf(key, this.#options.partitions);
	}

	/** The node that has a graph or device; undefined: there is none at the moment. @throws StorageError */
	ownerOf(key: string): Promise<{ name: string; url: string } | undefined> {
		return this.#rows.ownerOf(this.partitionOf(key));
	}

	/** Where the data of a graph comes from and goes to. */
	portOf(graph: string): BrokerSession | typeof NOWHERE {
		return this.#sessions.dataOf(this.partitionOf(graph)) ?? NOWHERE;
	}

	/**
	 * Begins a change of graphs or devices.
	 * @param request What asks for it, of the first of them; null: nothing is kept of that any more.
	 * @throws ElsewhereError where one of them is another node's: it is dropped.
	 */
	async fence(db: Db, changed: readonly string[], request?: string | null): Promise<void> {
		const { columns } = this.#deps;
		// In one order: two nodes that wait for each other would both be refused.
		const partitions = [...new Set(changed.map((key) => this.partitionOf(key)))].toSorted(
			(a, b) => a - b,
		);
		for (const partition of partitions) {
			const lease = this.#sessions.leaseOf(partition);
			if (lease === undefined) {
				throw new ElsewhereError(
					`the server cannot store this now: partition ${partition} is another node's`,
				);
			}
			await this.#fence(db, lease);
		}
		const [first] = changed;
		if (first !== undefined && request !== undefined)
			await noteRequest(db, columns, first, request);
	}

	/** Whether a request was the last one that changed a graph. @throws StorageError */
	wasDone(graph: string, request: string): Promise<boolean> {
		return this.#rows.wasDone(graph, request);
	}

	/** A number greater than all before, whichever node it was given to. @throws StorageError */
	nextLinkId(): Promise<number> {
		return this.#rows.nextLinkId();
	}

	/** The topic of a graph's new input, for its data. @param id A UUID of its own. */
	inputTopic(graph: string, id: string): string {
		return inputTopic(this.partitionOf(graph), id);
	}

	/** Has the node of a device look at its links again; never rejects. */
	async linksChanged(daId: string): Promise<void> {
		const { broker, log } = this.#deps;
		const topic = handedTopic(this.partitionOf(daId), linksTopic(daId));
		try {
			await broker.publish(topic, "", { qos: 1 });
		} catch (error) {
			log.warn("cannot tell of links", { da_id: daId, reason: messageOf(error) });
		}
	}

	/** Hears that the links of a device of this node may have changed. @param look Never rejects. */
	onLinksChanged(look: (daId: string) => Promise<void>): void {
		void this.#deps.broker.subscribe(linksTopic("+"), ({ topic, done }) => {
			void look(deviceOfLinks(topic)).then(done);
		});
	}

	metrics(): Metric[] {
		return clusterMetrics(this.name, this.#loop);
	}

	/** @throws FencedError where the lease is another node's: what it is for is dropped. */
	async #fence(db: Db, lease: Lease): Promise<void> {
		try {
			await fence(db, this.#deps.columns, this.name, lease);
		} catch (error) {
			if (error instanceof FencedError) this.#loop.replaced(lease);
			throw error;
		}
	}
}

/** The port of a graph whose partition has just been lost. */
const NOWHERE = {
	subscribe: async () => async () => {},
	publishData: () => Promise.reject(new Error("the graph is another node's")),
};
