import type { KnownAccounts, KnownPeople, LoginSessions, PageLogins } from "../auth/mod.ts";
import type { ClusterBroker, ClusterNode, PartitionWork } from "../cluster/mod.ts";
import type { NodeFigures } from "../contract/mod.ts";
import type { DeviceOwners, PassedCalls, Route } from "../http/mod.ts";
import type { ExternalBroker } from "../mqtt/mod.ts";
import type { Ports } from "../settings/mod.ts";
import type { ModuleSchema, StorePort } from "../store/mod.ts";

/** What becomes the node of a server, once its parts are there. */
export interface NodeSetup {
	/** Drawn for this run. */
	readonly run: string;
	readonly schema: ModuleSchema;
	/** The broker as the server uses it. */
	broker(connection: ExternalBroker): ClusterBroker;
	build(deps: NodeDeps): ClusterNode;
	/** Sessions of people, which all nodes have. */
	sessions(people: KnownPeople): LoginSessions;
	/** Logins of their pages, which all nodes have; to be made behind the sessions. */
	pages(people: KnownAccounts): PageLogins;
	/** What passes requests for devices on to the nodes that have them. */
	forwarder(node: ClusterNode): DeviceOwners;
	/** What it answers as a node. */
	routes(node: ClusterNode): Route[];
	/** Reads requests that other nodes pass on. */
	readonly passed: PassedCalls;
	/** The server could not be built. */
	close(): void;
}

export interface NodeDeps {
	readonly store: StorePort;
	readonly work: PartitionWork;
	/** The greatest id of a link that is stored. */
	readonly lastLinkId: () => Promise<number>;
	/** Whether it can work: before that it takes nothing over. */
	readonly isReady: () => boolean;
	/** What the other nodes are told of it. */
	readonly figures: () => NodeFigures;
	/** Known once the server has started. */
	readonly ports: () => Ports;
}
