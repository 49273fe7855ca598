import { hostname } from "node:os";
import {
	Accounts,
	Auth,
	grantServices,
	OriginRules,
	TopicGrants,
	websocketGate,
} from "../auth/mod.ts";
import { type Authority, EmbeddedBroker, type WsGate } from "../broker/mod.ts";
import type { Entrance } from "../daemon/mod.ts";
import type { Log } from "../kit/mod.ts";
import { type Broker, ExternalBroker, Probe } from "../mqtt/mod.ts";
import { authIsOn } from "../settings/mod.ts";
import {
	brokerDisk,
	type ModuleSchema,
	pageSessionDisk,
	Store,
	type StorePort,
} from "../store/mod.ts";
import {
	certificateFiles,
	type Keys,
	originOptions,
	probeOptions,
	storeOptions,
} from "./core-options.ts";
import type { CurrentConfig } from "./current-config.ts";
import { embeddedBrokerOptions } from "./embedded-broker-options.ts";
import { externalBrokerOptions } from "./external-broker-options.ts";
import type { DataQos } from "./module.ts";
import type { DeviceSecrets } from "./module-facts.ts";
import type { NodeSetup } from "./node-parts.ts";
import { ServerCertificate } from "./server-certificate.ts";

export interface FoundationDeps {
	readonly log: Log;
	/** Name of the first module, under which the server is a client of an external broker. */
	readonly name: string | undefined;
	/** The highest QoS of modules' data; undefined: none has any. */
	readonly dataQos: DataQos | undefined;
	/** The database, opened; undefined: it is in a file. */
	readonly store: StorePort | undefined;
	/** What makes the server a node of a cluster. */
	readonly node: NodeSetup | undefined;
	/** What modules keep in the database. */
	readonly schemas: readonly ModuleSchema[];
	/** The passwords of devices. */
	readonly devices: DeviceSecrets;
}

/** A broker with the ports clients are told. */
interface BrokerPorts {
	readonly broker: Broker;
	readonly mqttPort: () => number;
	readonly wsPort: () => number;
	/** Where clients come in; undefined: at another program. */
	readonly entrance: Entrance | undefined;
}

/** What every server stands on, whichever modules it has. Nothing is started, but the database is open. */
export interface Foundation extends BrokerPorts {
	readonly store: StorePort;
	readonly accounts: Accounts;
	readonly auth: Auth;
	readonly grants: TopicGrants;
	readonly origins: OriginRules;
	readonly certificate: ServerCertificate;
	readonly keys: Keys;
	readonly probe: Probe;
	/** Whether it is a node of a cluster: that works on while its database is away. */
	readonly isNode: boolean;
}

/**
 * Opens the database, unless it is given.
 * @throws ConfigError when it, the certificate, or the file of the broker's password or authority cannot be used.
 */
export function buildFoundation(
	current: CurrentConfig,
	{ store: opened, schemas, ...deps }: FoundationDeps,
): Foundation {
	const config = current.values;
	const certificate = new ServerCertificate(certificateFiles(config));
	const store = opened ?? new Store(storeOptions(config), deps.log.component("store"), schemas);
	try {
		return { store, ...buildOn(store, current, { ...deps, certificate }) };
	} catch (error) {
		void store.close();
		throw error;
	}
}

/** What a foundation is made of besides the database. */
type Above = Omit<FoundationDeps, "store" | "schemas"> & Pick<Foundation, "certificate">;

function buildOn(
	store: StorePort,
	current: CurrentConfig,
	{ name, dataQos, node, log, certificate, devices }: Above,
): Omit<Foundation, "store"> {
	const config = current.values;
	const { keys } = certificate;
	const grants = new TopicGrants();
	grantServices(grants);
	const accounts = new Accounts(store, log.component("auth"));
	const auth = new Auth(authIsOn(config), {
		accounts,
		...devices,
		log: log.component("auth"),
		sessionsOf: node && ((people) => node.sessions(people)),
		pagesOf: node && ((people) => node.pages(people)),
		lasting: { disk: pageSessionDisk(store), userById: (id) => accounts.userById(id) },
	});
	const { bind } = config.core;
	const origins = new OriginRules(originOptions(current), {
		machineName: hostname,
		ownNames: () => [bind, ...certificate.hostNames],
	});
	const gate = websocketGate({ origins, isOpen: !auth.isOn, bind });
	const authority = authorityOf(auth, grants);
	const ports = buildBroker(current, { name, dataQos, node, store, authority, gate, keys, log });
	const probe = new Probe(probeOptions(config), {
		broker: ports.broker,
		log: log.component("broker"),
	});
	const isNode = node !== undefined;
	return { ...ports, accounts, auth, grants, origins, certificate, keys, probe, isNode };
}

function authorityOf(auth: Auth, grants: TopicGrants): Authority {
	return {
		login: (name, password, address) => auth.login(name, password, address),
		deviceLogin: (id, password, address) => auth.deviceLogin(id, password, address),
		isCurrent: (principal) => auth.isCurrent(principal),
		remember: (principal) => auth.remember(principal),
		recall: (remembered) => auth.recall(remembered),
		mayPublish: (principal, topic) => grants.mayPublish(principal, topic),
		maySubscribe: (principal, filter) => grants.maySubscribe(principal, filter),
		onTaken: (listener) => grants.onTaken(listener),
	};
}

interface BrokerDeps extends Pick<FoundationDeps, "name" | "dataQos" | "node"> {
	readonly store: StorePort;
	readonly authority: Authority;
	readonly gate: WsGate;
	readonly keys: Keys;
	readonly log: Log;
}

function buildBroker(
	current: CurrentConfig,
	{ name, dataQos, node, store, authority, gate, keys, log: all }: BrokerDeps,
): BrokerPorts {
	const log = all.component("broker");
	const { "core-mqtt": mqtt, "core-ws": ws } = current.values;
	if (mqtt.broker === "external") {
		const isAlone = node === undefined;
		// Sessions of a node are those of its partitions.
		const sessionId = isAlone ? store.serverId : undefined;
		const options = externalBrokerOptions(current, sessionId, name, isAlone ? dataQos : undefined);
		const connection = new ExternalBroker(options, log);
		const broker = node?.broker(connection) ?? connection;
		return { broker, mqttPort: () => mqtt.port, wsPort: () => ws.port, entrance: undefined };
	}
	const disk = brokerDisk(store.local);
	const broker = new EmbeddedBroker(embeddedBrokerOptions(current, keys), {
		disk: disk.retained,
		sessionDisk: disk.sessions,
		authority,
		gate,
		log,
	});
	return { broker, mqttPort: () => broker.port, wsPort: () => broker.wsPort, entrance: broker };
}
