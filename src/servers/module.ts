import type { Accounts, Auth, OriginRules, StoredDevices, TopicGrants } from "../auth/mod.ts";
import type { Section } from "../config/mod.ts";
import type { Route, SecondPort } from "../http/mod.ts";
import type { Log, Metric } from "../kit/mod.ts";
import type { Broker } from "../mqtt/mod.ts";
import type { Addresses, Config, Listener, Ports } from "../settings/mod.ts";
import type { ServerState } from "../status/mod.ts";
import type { Columns, Db, ModuleSchema, StorePort } from "../store/mod.ts";
import type { CurrentConfig } from "./current-config.ts";
import type { Encryption } from "./encryption.ts";
import type { Host } from "./host.ts";
import type { NodeSetup } from "./node-parts.ts";
import type { Offer, Offered } from "./offer.ts";

/** Something of a server that is started or stopped. */
export interface Part {
	readonly name: string;
	/** Before the broker opens its listeners, so that no message slips past a subscription. */
	start?(): Promise<void> | void;
	/** The broker is up; HTTP is not yet. */
	opened?(): Promise<void> | void;
	/** Ends what is in progress while all other parts still work. */
	finish?(): Promise<void> | void;
	stop?(): Promise<void> | void;
}

/** What makes a server a node of a cluster, for its modules. */
export interface ModuleNode extends NodeSetup {
	/**
	 * A module that runs on one node at a time; to be made once the node is built.
	 * @param build Makes the module, for each time it runs here.
	 * @param everywhere Routes that every node answers by itself.
	 */
	oneAtATime(
		core: Core,
		build: (core: Core) => BuiltModule,
		everywhere: readonly Route[],
	): BuiltModule;
}

/** What the core of a server offers its modules. */
export interface Core {
	/** Names of the modules the server is made of. */
	readonly modules: readonly string[];
	/** The one whose page is at `/`; undefined: none has any. */
	readonly home: string | undefined;
	readonly current: CurrentConfig;
	readonly log: Log;
	readonly store: StorePort;
	readonly accounts: Accounts;
	readonly auth: Auth;
	/** What principals may publish and subscribe to. */
	readonly grants: TopicGrants;
	/** Which web pages are trusted. */
	readonly origins: OriginRules;
	readonly broker: Broker;
	readonly state: ServerState;
	/** Ports in use; known once the server has started. */
	readonly ports: () => Ports;
	/** What modules listen on besides; a port of 0 was left to the system. */
	readonly further: () => readonly Listener[];
	/** The certificate and what uses it; ready once the server is built. */
	readonly encryption: Encryption;
	/** Where clients on this machine connect; known as the ports are. */
	readonly addresses: () => Addresses;
	/** What makes the server a node of a cluster; undefined: it is alone. */
	readonly node: ModuleNode | undefined;
	/** The program around the server. */
	readonly host: Host;
	/** Devices that could not log in if logins were on; known once the server has started. */
	readonly devicesWithoutLogin: () => number;
	/** What a module of the server offers; undefined: none does. Known once all modules are built. */
	readonly offered: <T>(offer: Offer<T>) => T | undefined;
}

/** Where the routes of a server are found besides. */
export interface HttpPlaces {
	/** Such as `/iottalk/ccm`; empty for none. */
	readonly prefix: string;
	readonly second: SecondPort | undefined;
}

/** A module as it runs in a server. */
export interface BuiltModule {
	/** In the order of their start; they are stopped in reverse. */
	readonly parts: readonly Part[];
	readonly routes: readonly Route[];
	/** Where else all routes are found: below a path, on a port. */
	readonly http?: HttpPlaces;
	/** Where a client belongs that asks for an unknown path; undefined: it cannot tell. */
	elsewhere?(method: string, path: string): string | undefined;
	/** What keeps it from doing its work at the moment. */
	problems(): string[];
	metrics(): readonly Metric[];
	/** What the configuration leaves open, for people to know. */
	cautions?(): string[];
	/** What `GET /api/server` says of it. */
	view?(): object;
	/** Its state in a few words, for `systemctl status`. */
	summary?(): string;
	/** Hash of the password of a device it knows, null when that has none; undefined for an unknown device. */
	deviceSecretHash?(id: string): string | null | undefined;
	/** Devices that other nodes of a cluster know. */
	readonly storedDevices?: StoredDevices;
	/** Devices it knows that have no password. */
	devicesWithoutLogin?(): number;
	/** Whether an external broker may ask it who may log in: HTTP is open then before the server connects to that broker. */
	readonly isAskedByBroker?: boolean;
	/** What it offers other modules. */
	readonly offers?: readonly Offered[];
}

/** QoS of messages with data. */
export type DataQos = 0 | 1 | 2;

/** A module that a server can be made of; the core knows none by name. */
export interface ServerModule {
	readonly name: string;
	/** Sections of the ini besides those every configuration has; its values it reads with `sectionValues`. */
	readonly sections?: readonly Section[];
	/** Its tables and their migrations. */
	readonly schema?: ModuleSchema;
	/**
	 * What it listens on, besides the listeners of every server.
	 * @param isAlone Whether the server has no other module.
	 */
	readonly listeners?: (config: Config, isAlone: boolean) => Listener[];
	/** Whether it has a page for `/`, which it serves there where `Core.home` says so: of several the last one does. */
	readonly hasHome?: true;
	/** The highest QoS that is of use for its data, in the broker; without it, it has no data. */
	readonly dataQos?: (config: Config) => DataQos;
	/** Makes its parts, which do nothing before they are started. */
	build(core: Core): BuiltModule;
}

/** How `iotctl initdb NAME` is to leave a module's data. */
export interface InitdbOptions {
	/** Whether all the module keeps goes first. */
	readonly reset: boolean;
	/** Whether what a new database gets is left out. */
	readonly empty: boolean;
	/** The parsed JSON of a file to load as well; undefined: none. */
	readonly file: unknown;
}

/** What the command line does with a module's data while no server uses them. */
export interface ModuleData {
	/** What is counted of a restored database: tables, with the word for one of their rows. */
	readonly counted: Readonly<Record<string, string>>;
	/** What a reset would remove, for people to decide; undefined: nothing. */
	resetLoses(store: StorePort): Promise<string | undefined>;
	/**
	 * Carries out `iotctl initdb NAME`, all or nothing.
	 * @returns what is there now, in a sentence.
	 * @throws InputError when the file cannot be loaded.
	 */
	initdb(store: StorePort, how: InitdbOptions): Promise<string>;
	/**
	 * The module's part of an export, as of the moment that the handle reads, and what is in it in a few words;
	 * undefined: nothing.
	 * @throws InputError when a stored row cannot be read.
	 */
	take(db: Db, columns: Columns): Promise<{ part: unknown; said: string } | undefined>;
	/**
	 * Reads the database of the original, which is not changed.
	 * @throws ConfigError, InputError or DeniedError when it is not one.
	 */
	readV2?(path: string): MigratedPart;
	/** Reads the module's part of an export, parsed. @throws InputError when it cannot be used. */
	read(part: unknown): ModulePart;
}

/** What came of another program's data. */
export interface Migrated {
	/** How much was new, by kind. */
	readonly added: Readonly<Record<string, number>>;
	/** How much was there already, by kind. */
	readonly there: Readonly<Record<string, number>>;
	/** What was left out or changed, each with the reason. */
	readonly left: readonly string[];
}

/** Another program's data that can be used. */
export interface MigratedPart {
	/** Adds them, all in one unit of work; a second time it adds nothing. */
	put(store: StorePort): Promise<Migrated>;
}

/** A module's part of an export that can be used. */
export interface ModulePart {
	/**
	 * Puts it in the database; inside a unit of work.
	 * @param mayLose Whether what it does not have is removed.
	 * @returns what was done, in a few words.
	 * @throws InputError when the database cannot take it.
	 */
	put(db: Db, columns: Columns, mayLose: boolean): Promise<string>;
}

/**
 * A server module before its code is loaded. Sections are at hand, since each command reads the ini; what loads more is
 * behind a function, so that `iotctl status` does not load a server.
 */
export interface DeclaredModule
	extends Pick<ServerModule, "name" | "sections" | "listeners" | "hasHome" | "dataQos"> {
	/** What it logs under: `[log] components` accepts them. */
	readonly components?: readonly string[];
	readonly schema?: () => Promise<ModuleSchema>;
	/** @param config Of the server: what it turns off need not be loaded. Without it, all is. */
	readonly build: (config?: Config) => Promise<ServerModule["build"]>;
	/** Without it, opening the database makes all the module needs. */
	readonly data?: () => Promise<ModuleData>;
	/** The configuration of a server that has this module alone; without it, it cannot be alone. */
	readonly alone?: (config: Config) => Config;
}
