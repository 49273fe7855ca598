import { type GraphKey, graphName, type NodeFigures, type OwnerView } from "../contract/mod.ts";
import { type Clock, type Logger, type Metric, messageOf } from "../kit/mod.ts";
import type { BrokerSession } from "../mqtt/mod.ts";
import type { Columns, Db, SharedDatabase } from "../store/mod.ts";
import type { Answered, GivenAnswer, HandedRequest } from "./answered-requests.ts";
import { AnsweredRequests } from "./answered-requests.ts";
import type { ClusterBroker } from "./cluster-broker.ts";
import { clusterMetrics } from "./cluster-metrics.ts";
import { ClusterWatch } from "./cluster-watch.ts";
import {
	detachTopic,
	deviceOfLinks,
	graphOfDetach,
	handedTopic,
	linksTopic,
} from "./control-topics.ts";
import type { JoinOptions } from "./join.ts";
import type { NodeIdentity } from "./lease.ts";
import { LeaseLoop } from "./lease-loop.ts";
import { LeaseRows } from "./lease-rows.ts";
import { NodeNews } from "./node-news.ts";
import { NodeProjects } from "./node-projects.ts";
import { type Change, elsewhere, PartitionFence } from "./partition-fence.ts";
import { inputTopic, partitionOf } from "./partition-of.ts";
import { PartitionSessions } from "./partition-sessions.ts";
import { NOWHERE, type PartitionWork } from "./partition-work.ts";
import { SharedNames } from "./shared-names.ts";
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
	/** What the others are told of this node. */
	readonly figures: () => NodeFigures;
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
	/** What clients wait for. */
	readonly #rows: LeaseRows;
	readonly #loop: LeaseLoop;
	readonly #fence: PartitionFence;
	readonly #answers = new AnsweredRequests();
	/** What is known of all nodes. */
	readonly watch: ClusterWatch;
	/** What nodes tell each other. */
	readonly news: NodeNews;
	/** Names that are given to devices. */
	readonly names: SharedNames;
	/** The project manager, which runs on one node at a time. */
	readonly projects: NodeProjects;

	constructor(options: ClusterNodeOptions, deps: ClusterNodeDeps) {
		this.#options = options;
		this.#deps = deps;
		const { broker, clock, log, database, patient, figures } = deps;
		const { identity, leaseMs } = options;
		this.#rows = new LeaseRows(patient, identity, leaseMs);
		this.news = new NodeNews(patient);
		this.names = new SharedNames(patient);
		this.#sessions = new PartitionSessions(options, {
			...{ clock, log },
			work: this.#answers.remembering(deps.work, (partitions) => this.#rows.answers(partitions)),
			session: (wanted) => broker.session(wanted),
			onHanded: broker.takeHanded,
			stillOwns: (lease) => this.#loop.stillOwns(lease),
		});
		const users = new Users(this.#sessions);
		this.#loop = new LeaseLoop(options, {
			rows: new LeaseRows(database, identity, leaseMs, figures),
			...{ user: users, clock, log },
			brokerLostMs: () => (deps.isReady() ? broker.lostMs : NOT_READY_MS),
			brokerLosses: () => broker.losses,
		});
		this.#fence = new PartitionFence({
			...{ node: this.name, columns: deps.columns, loop: this.#loop },
			sessions: this.#sessions,
		});
		this.projects = new NodeProjects({
			...{ rows: this.#rows, loop: () => this.#loop, users },
			fence: (db, lease) => this.#fence.under(db, lease),
		});
		this.watch = new ClusterWatch(options.node, { database: patient, clock });
		broker.use(this.#sessions, this.#loop);
	}

	/** Its name. */
	get name(): string {
		return this.#options.node;
	}

	/** Why it can do nothing for the cluster; undefined: it can. */
	get problem(): string | undefined {
		return this.#loop.isReplaced ? this.#loop.problem : undefined;
	}

	/** Why leases are not renewed at the moment, while what it has goes on; undefined: they are. */
	get caution(): string | undefined {
		return this.#loop.isReplaced ? undefined : this.#loop.problem;
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

	/** Whether a graph (`CLIENT/GRAPH`), device or client is this node's, and is not being left to another one. */
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

	/** Who has a graph or device, for people. @throws StorageError */
	async whoHas(key: string): Promise<OwnerView> {
		const owner = await this.ownerOf(key);
		const { name: node = null, url = null } = owner ?? {};
		return { partition: this.partitionOf(key), is_ours: this.isOurs(key), node, url };
	}

	/** Where the data of a graph comes from and goes to. */
	portOf(graph: string): BrokerSession | typeof NOWHERE {
		return this.#sessions.dataOf(this.partitionOf(graph)) ?? NOWHERE;
	}

	/**
	 * A change of graphs, devices or clients is decided, under the leases that they have now.
	 * @param isInMemory Whether something follows from it in memory.
	 * @param answer To the request that asks for it, of one of them: it is stored as well.
	 * @throws ElsewhereError where one of them is another node's; or was meanwhile, and the request comes again.
	 */
	begin(changed: readonly string[], isInMemory: boolean, answer?: GivenAnswer): Change {
		const partitions = changed.map((key) => this.partitionOf(key));
		if (answer && !this.isCurrent(answer.request)) throw elsewhere(answer.request.key);
		const change = this.#fence.begin(partitions, isInMemory);
		if (answer === undefined) return change;
		const given = { partition: this.partitionOf(answer.request.key), ...answer };
		const store = (db: Db) => this.#answers.store(db, this.#deps.columns, given);
		return { ...change, fence: (db) => change.fence(db).then(() => store(db)) };
	}

	/** Whether the lease under which a request came still is this node's; if not, the request comes again. */
	isCurrent({ key, handed }: HandedRequest): boolean {
		return this.#sessions.leaseOf(this.partitionOf(key))?.token === handed.lease;
	}

	/** How a request was answered when it came before; undefined: it is new. */
	answerTo(request: HandedRequest): Answered | undefined {
		return this.#answers.find(this.partitionOf(request.key), request);
	}

	/** A request was answered, and may come again. */
	answered(request: HandedRequest, answered: Answered): void {
		this.#answers.note(this.partitionOf(request.key), request, answered);
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

	/** Has the node of a graph detach it; resolves when the broker knows. */
	async detachGraph(key: GraphKey): Promise<void> {
		const topic = handedTopic(this.partitionOf(graphName(key)), detachTopic(key));
		await this.#deps.broker.publish(topic, "", { qos: 1 });
	}

	/** Hears that a graph of this node is to be detached. @param detach Never rejects; false: the next node has to do it. */
	onDetachGraph(detach: (key: GraphKey) => Promise<boolean>): void {
		const any = detachTopic({ client: "+", graph: "+" });
		void this.#deps.broker.subscribe(any, ({ topic, done }) => {
			void detach(graphOfDetach(topic)).then((isOver) => (isOver ? done?.() : undefined));
		});
	}

	metrics(): Metric[] {
		return clusterMetrics(this.name, this.#loop, this.#sessions);
	}
}
