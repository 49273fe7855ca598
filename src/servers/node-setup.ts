import { hostname } from "node:os";
import { type KnownPeople, SharedSessions } from "../auth/mod.ts";
import { CLUSTER_SCHEMA, ClusterBroker, ClusterNode } from "../cluster/mod.ts";
import { type Log, systemClock, VERSION } from "../kit/mod.ts";
import type { ExternalBroker } from "../mqtt/mod.ts";
import { type Config, schemesOf } from "../settings/mod.ts";
import { openShared, type SharedDatabase, SharedPageSessions } from "../store/mod.ts";
import { storeOptions } from "./core-options.ts";
import { graphDataQos } from "./data-qos.ts";
import { NodeForwarder } from "./node-forwarder.ts";
import type { NodeDeps, NodeSetup } from "./node-parts.ts";

/** Part of a lease that the database may take to answer: then the others count this node as gone. */
const ANSWER = 0.9;
/** How long it may take where a client waits. */
const PATIENT_MS = 10_000;

/** Opens what a node needs besides its server. @throws ConfigError when an address or file of the database cannot be used. */
export async function openNode(config: Config, log: Log): Promise<NodeSetup> {
	const { lease } = config.cluster;
	const own = log.component("server");
	const options = storeOptions(config);
	const database = await openShared(options, ANSWER * lease * 1000, own);
	const patient = await openShared(options, PATIENT_MS, own);
	return new Setup(config, log, { database, patient });
}

/** See `ClusterNodeDeps`. */
interface Databases {
	readonly database: SharedDatabase;
	readonly patient: SharedDatabase;
}

class Setup implements NodeSetup {
	readonly run = crypto.randomUUID();
	readonly schema = CLUSTER_SCHEMA;
	readonly #config: Config;
	readonly #log: Log;
	readonly #databases: Databases;
	#broker: ClusterBroker | undefined;

	constructor(config: Config, log: Log, databases: Databases) {
		this.#config = config;
		this.#log = log;
		this.#databases = databases;
	}

	broker(connection: ExternalBroker): ClusterBroker {
		this.#broker = new ClusterBroker(connection);
		return this.#broker;
	}

	build({ store, work, lastLinkId, isReady, ports }: NodeDeps): ClusterNode {
		const { name: cluster, lease, partitions, node, url } = this.#config.cluster;
		if (this.#broker === undefined) throw new Error("a node has a broker");
		const scheme = schemesOf(this.#config).http;
		const identity = {
			name: node || hostname(),
			run: this.run,
			place: store.local.serverId ?? crypto.randomUUID(),
			process: `${hostname()} (process ${process.pid})`,
			version: VERSION,
			get url() {
				return url || `${scheme}://${hostname()}:${ports().http}`;
			},
		};
		return new ClusterNode(
			{
				...{ cluster, node: identity.name, leaseMs: lease * 1000, partitions, identity },
				dataQos: graphDataQos(this.#config) === 2 ? 2 : 1,
			},
			{
				...{ ...this.#databases, broker: this.#broker, columns: store.columns },
				...{ work, lastLinkId, isReady, clock: systemClock, log: this.#log.component("server") },
			},
		);
	}

	sessions(people: KnownPeople): SharedSessions {
		const rows = new SharedPageSessions(this.#databases.patient);
		return new SharedSessions({ ...people, rows, clock: systemClock });
	}

	forwarder(node: ClusterNode): NodeForwarder {
		return new NodeForwarder({
			isOurs: (id) => node.isOurs(id),
			partitionOf: (id) => node.partitionOf(id),
			ownerOf: (id) => node.ownerOf(id),
			bodyTimeoutMs: this.#config.core["http-body-timeout"] * 1000,
			clock: systemClock,
			log: this.#log.component("devices"),
		});
	}

	close(): void {
		this.#databases.database.close();
		this.#databases.patient.close();
	}
}
