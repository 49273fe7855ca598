import {
	type KnownAccounts,
	type KnownPeople,
	SharedPageLogins,
	SharedSessions,
} from "../auth/mod.ts";
import { CLUSTER_SCHEMA, ClusterBroker, ClusterNode, type Lease } from "../cluster/mod.ts";
import { CallPasser, PassedCalls, type Route } from "../http/mod.ts";
import { InvariantError, type Log, systemClock, VERSION } from "../kit/mod.ts";
import { ExternalBroker } from "../mqtt/mod.ts";
import type { Config } from "../settings/mod.ts";
import { ownerRoute } from "../status/mod.ts";
import {
	openShared,
	type SharedDatabase,
	SharedPageLoginRows,
	SharedPageSessions,
} from "../store/mod.ts";
import { nodeName, nodeProcess, nodeUrl } from "./check-cluster.ts";
import { storeOptions } from "./core-options.ts";
import { graphDataQos } from "./data-qos.ts";
import { externalBrokerOptions } from "./external-broker-options.ts";
import { keyOf, LeasedModule } from "./leased-module.ts";
import type { BuiltModule, Core, ModuleNode } from "./module.ts";
import { NodeForwarder } from "./node-forwarder.ts";
import type { NodeDeps } from "./node-parts.ts";

/** Part of a lease that the database may take to answer: then the others count this node as gone. */
const ANSWER = 0.9;
/** In a lease it is looked so often who has what others wait for. */
const LOOKS = 4;
/** How long it may take where a client waits. */
const PATIENT_MS = 10_000;

/** Opens what a node needs besides its server. @throws ConfigError when an address or file of the database cannot be used. */
export async function openNode(
	config: Config,
	servers: readonly string[],
	log: Log,
): Promise<ModuleNode> {
	const { lease } = config.cluster;
	const own = log.component("server");
	const options = storeOptions(config);
	const database = await openShared(options, ANSWER * lease * 1000, own);
	const patient = await openShared(options, PATIENT_MS, own);
	return new Setup(config, servers.includes("ccm"), log, { database, patient });
}

/** See `ClusterNodeDeps`. */
interface Databases {
	readonly database: SharedDatabase;
	readonly patient: SharedDatabase;
}

class Setup implements ModuleNode {
	readonly run = crypto.randomUUID();
	readonly schema = CLUSTER_SCHEMA;
	readonly #config: Config;
	readonly #log: Log;
	readonly #databases: Databases;
	readonly #hasProjects: boolean;
	#broker: ClusterBroker | undefined;
	#node: ClusterNode | undefined;
	#sessions: SharedSessions | undefined;
	readonly passed = new PassedCalls({
		secret: () => this.#node?.projects.secret,
		now: () => this.#node?.projects.databaseTime,
	});

	constructor(config: Config, hasProjects: boolean, log: Log, databases: Databases) {
		this.#config = config;
		this.#hasProjects = hasProjects;
		this.#log = log;
		this.#databases = databases;
	}

	broker(connection: ExternalBroker): ClusterBroker {
		this.#broker = new ClusterBroker(connection, this.#log.component("broker"));
		return this.#broker;
	}

	build({ store, work, lastLinkId, isReady, figures, ports }: NodeDeps): ClusterNode {
		const config = this.#config;
		const { name: cluster, lease, partitions } = config.cluster;
		if (this.#broker === undefined)
			throw new InvariantError("a node has a broker before it is built");
		const identity = {
			name: nodeName(config),
			run: this.run,
			place: store.local.serverId ?? crypto.randomUUID(),
			process: nodeProcess(process.pid),
			version: VERSION,
			hasProjects: this.#hasProjects,
			get url() {
				return nodeUrl(config, ports().http);
			},
		};
		this.#node = new ClusterNode(
			{
				...{ cluster, node: identity.name, leaseMs: lease * 1000, partitions, identity },
				dataQos: graphDataQos(config) === 2 ? 2 : 1,
			},
			{
				...{ ...this.#databases, broker: this.#broker, columns: store.columns },
				...{ work, lastLinkId, isReady, figures },
				...{ clock: systemClock, log: this.#log.component("server") },
			},
		);
		return this.#node;
	}

	oneAtATime(
		core: Core,
		build: (core: Core) => BuiltModule,
		everywhere: readonly Route[],
	): BuiltModule {
		const node = this.#node;
		if (node === undefined) throw new InvariantError("what a node has is made before it");
		const log = core.log.component("ccm");
		const leaseMs = this.#config.cluster.lease * 1000;
		const leased = new LeasedModule(
			{ finishMs: leaseMs / 2, everywhere: new Set(everywhere.map(keyOf)) },
			{
				...{ build, core, clock: systemClock, log },
				under: (lease) => ({
					store: node.projects.storeUnder(lease, core.store),
					broker: this.#brokerUnder(node, lease, core),
				}),
				passer: (isHere) => this.#passer(node, isHere, core),
			},
		);
		node.projects.lead(leased);
		return leased.module;
	}

	/** Its client id is the same on every node: the broker disconnects the one that had the lease before. */
	#brokerUnder(node: ClusterNode, lease: Lease, { current, log }: Core): ExternalBroker {
		const { name: cluster } = this.#config.cluster;
		const single = {
			clientId: `iotctl-${cluster}-ccm`,
			mayReturn: () => node.projects.stillOwns(lease),
		};
		const options = externalBrokerOptions(current, undefined, "ccm");
		return new ExternalBroker({ ...options, single }, log.component("broker"));
	}

	#passer(node: ClusterNode, isHere: () => boolean, { log }: Core): CallPasser {
		const { core, cluster } = this.#config;
		return new CallPasser(
			{
				what: "the project manager",
				maxBodyBytes: core["http-max-body"],
				bodyTimeoutMs: core["http-body-timeout"] * 1000,
				lookMs: (cluster.lease * 1000) / LOOKS,
			},
			{
				...{ isHere, owner: () => node.projects.owner(), calls: this.passed },
				...{ clock: systemClock, log: log.component("http") },
			},
		);
	}

	sessions(people: KnownPeople): SharedSessions {
		const rows = new SharedPageSessions(this.#databases.patient);
		this.#sessions = new SharedSessions({ ...people, rows, clock: systemClock });
		return this.#sessions;
	}

	pages(people: KnownAccounts): SharedPageLogins {
		const sessions = this.#sessions;
		if (sessions === undefined) throw new InvariantError("sessions are made before their pages");
		const rows = new SharedPageLoginRows(this.#databases.patient);
		return new SharedPageLogins({ ...people, rows, sessions, clock: systemClock });
	}

	forwarder(node: ClusterNode): NodeForwarder {
		return new NodeForwarder({
			isOurs: (id) => node.isOurs(id),
			partitionOf: (id) => node.partitionOf(id),
			ownerOf: (id) => node.ownerOf(id),
			bodyTimeoutMs: this.#config.core["http-body-timeout"] * 1000,
			calls: this.passed,
			clock: systemClock,
			log: this.#log.component("devices"),
		});
	}

	routes(node: ClusterNode): Route[] {
		return ownerRoute(node);
	}

	close(): void {
		this.#databases.database.close();
		this.#databases.patient.close();
	}
}
