import { LinkGrants } from "../auth/mod.ts";
import type { ClusterNode } from "../cluster/mod.ts";
import type { NodeFigures } from "../contract/mod.ts";
import {
	Answers,
	type BuildV1,
	ClientApi,
	CsmStore,
	DeviceApi,
	DeviceLinks,
	Devices,
	GraphApi,
	HttpDevices,
	LinkEffects,
	OldLinks,
	SharedDetach,
	SharedDevices,
	SharedSignals,
	SharedWork,
	SIGNAL_DEFAULTS,
	Signals,
	type StoreShare,
	signalWayOf,
} from "../csm/mod.ts";
import { DataPath } from "../dataflow/mod.ts";
import { systemClock } from "../kit/mod.ts";
import {
	dataPathOptions,
	devicesOptions,
	graphOptions,
	httpDevicesOptions,
} from "./csm-options.ts";
import { enginesOf } from "./engine-options.ts";
import type { Core } from "./module.ts";
import { oldPages } from "./own-pages.ts";
import { PROJECT_FACTS } from "./project-facts.ts";
import { v1Options } from "./v1-options.ts";

const MAX_WAITING_REQUESTS = 10_000;

export type Works = ReturnType<typeof buildWorks>;

/**
 * What runs without being seen.
 * @param figures What other nodes are told of this one.
 */
export function buildWorks(core: Core, buildV1: BuildV1 | undefined, figures: () => NodeFigures) {
	const { current, log, store: database, broker, grants, modules, ports } = core;
	const node = core.node?.build({
		...{ store: database, ports, figures },
		work: {
			begin: async (partitions) => shared?.begin(partitions),
			end: async (partition, isLost) => shared?.end(partition, isLost),
		},
		lastLinkId: () => store.rows.links.lastId(),
		// What is taken over before would stand still for as long as an engine starts.
		isReady: () => dataPath.engines.isWarm,
	});
	const store: CsmStore = new CsmStore(database, node && shareOf(node));
	const signals = new Signals(SIGNAL_DEFAULTS, broker, log.component("devices"), (id) =>
		signalWayOf(devices.get(id)),
	);
	const devices: Devices = new Devices(devicesOptions(current, node !== undefined), {
		store,
		...{ broker, signals, clock: systemClock, shared: node },
		senders: () => dataPath.senders(),
		log: log.component("devices"),
	});
	const options = {
		...{ ...dataPathOptions(current.values), engines: enginesOf(current.values, modules) },
		...(node !== undefined && { portOf: (graph: string) => node.portOf(graph) }),
	};
	const dataPath = new DataPath(options, broker, log.component("esm"));
	dataPath.onInputGone((id, messages) => devices.linkGone(id, messages));
	const http = new HttpDevices(httpDevicesOptions(current), {
		...{ devices, signals, broker, clock: systemClock },
		log: log.component("devices"),
	});
	const v1 = v1Of(core, devices, buildV1);
	const api = {
		...{ broker, log: log.component("api"), maxWaiting: MAX_WAITING_REQUESTS },
		answers: node && new Answers({ store, partitions: node, log: log.component("api") }),
	};
	const deviceApi = new DeviceApi({
		...{ store, devices, ...api },
		shared: node && { news: node.news, clock: systemClock },
	});
	const effects = new LinkEffects(
		new LinkGrants(grants),
		...[signals, http, v1?.links].filter((one) => one !== undefined),
	);
	const graphs = new GraphApi(graphOptions(current), {
		...{ store, dataPath, ...api },
		signals: node === undefined ? effects : new SharedSignals(node),
		partitions: node,
		clock: systemClock,
	});
	const detaching = detachingOf(core, node, store, graphs);
	const clientApi = new ClientApi({ graphs: detaching ?? graphs, deviceApi, ...api });
	const shared: SharedWork | undefined =
		node &&
		detaching &&
		new SharedWork({
			...{ devices, http, graphs, deviceApi, detaching },
			deviceLinks: new DeviceLinks({
				...{ store, signals, effects, partitions: node, log: log.component("devices") },
			}),
			partitionOf: (key) => node.partitionOf(key),
		});
	const built = { devices, http, dataPath, deviceApi, graphs, clientApi, v1, node, shared };
	return { ...built, ...ofOtherNodes(core, node, store) };
}

/** What the store needs of a node. */
function shareOf(node: ClusterNode): StoreShare {
	return {
		begin: (...change) => node.begin(...change),
		get databaseTime() {
			return node.projects.databaseTime;
		},
	};
}

/** What answers for devices of other nodes. */
function ofOtherNodes({ node: setup }: Core, node: ClusterNode | undefined, store: CsmStore) {
	if (node === undefined) return { owners: undefined, stored: undefined };
	const stored = new SharedDevices({ rows: store.rows, clock: systemClock });
	return { owners: setup?.forwarder(node), stored };
}

/** What detaches graphs of a cluster, on whichever node they are. */
function detachingOf(
	{ log }: Core,
	node: ClusterNode | undefined,
	store: CsmStore,
	graphs: GraphApi,
): SharedDetach | undefined {
	if (node === undefined) return undefined;
	return new SharedDetach({
		...{ store, partitions: node, clock: systemClock, log: log.component("api") },
		detach: (key) => graphs.detach(key),
	});
}

/** The older protocol, if it is spoken. */
function v1Of(core: Core, devices: Devices, buildV1: BuildV1 | undefined) {
	const { current, auth, origins, broker, addresses } = core;
	const options = v1Options(current.values);
	if (options === undefined || buildV1 === undefined) return undefined;
	const links = new OldLinks();
	const built = buildV1(options, {
		...{ devices, broker, auth, origins, links },
		facts: () => core.offered(PROJECT_FACTS),
		pages: oldPages(current),
		livePage: () => `${addresses().http}/live`,
		clock: systemClock,
		log: core.log.component("v1"),
	});
	return { links, ...built };
}
