import LOGIN_PAGE from "../../build/page/login.txt" with { type: "text" };
import type { Auth } from "../auth/mod.ts";
import { logLevels } from "../config/mod.ts";
import type { ServerView } from "../contract/mod.ts";
import { HttpServer } from "../http/mod.ts";
import { type Log, type Logger, VERSION } from "../kit/mod.ts";
import {
	type Addresses,
	addressesOf,
	CORE_INI,
	type Config,
	cautions,
	type Ports,
} from "../settings/mod.ts";
import { ServerState, serverRoutes } from "../status/mod.ts";
import type { StorePort } from "../store/mod.ts";
import { refuseMetricTwins, refuseTwins } from "./clashes.ts";
import { buildFoundation, type Foundation } from "./core.ts";
import { FINISH_TIMEOUT_MS, httpOptions } from "./core-options.ts";
import { CurrentConfig, type Reloaded } from "./current-config.ts";
import { clientsCaution } from "./embedded-broker-options.ts";
import { Encryption } from "./encryption.ts";
import type { BuiltModule, Core, Part, ServerModule } from "./module.ts";
import { devicesWithoutLogin, highestDataQos, homeOf, secretHashIn } from "./module-facts.ts";
import { ownFiles } from "./own-files.ts";
import { opened, PartList, part } from "./part-list.ts";
import type { ServerHints } from "./server-hints.ts";
import { problemsOf, Watches } from "./watches.ts";

const ADD_ADMIN = "iotctl user add admin";

/** A server made of modules: builds every part from the configuration, and runs them in order. */
export class Server {
	readonly #log: Logger;
	readonly #allLog: Log;
	readonly #current: CurrentConfig;
	readonly #foundation: Foundation;
	readonly #encryption: Encryption;
	readonly #names: readonly string[];
	readonly #host: NonNullable<ServerHints["host"]>;
	readonly #node: ServerHints["node"];
	/** Unix time, seconds. */
	readonly #since = Date.now() / 1000;
	/** Filled one after the other while the server is built. */
	readonly #modules: BuiltModule[] = [];
	readonly #http: HttpServer;
	readonly #parts: PartList;
	readonly state: ServerState;

	/**
	 * Opens the database, unless it is given.
	 * @throws ConfigError when it, the certificate, or the file of the broker's password or authority cannot be used;
	 * InvariantError when modules clash; it names them.
	 */
	constructor(config: Config, log: Log, modules: readonly ServerModule[], hints: ServerHints = {}) {
		this.#host = hints.host ?? {};
		this.#node = hints.node;
		refuseTwins(modules);
		this.#log = log.component("server");
		this.#allLog = log;
		const sections = modules.flatMap((module) => module.sections ?? []);
		this.#current = new CurrentConfig(config, CORE_INI.with(sections));
		const foundation = buildFoundation(this.#current, {
			name: modules[0]?.name,
			dataQos: highestDataQos(modules, config),
			store: hints.store,
			node: hints.node,
			log,
			schemas: modules.flatMap(({ schema }) => schema ?? []),
			deviceSecretHash: (id) => secretHashIn(this.#modules, id),
		});
		this.#foundation = foundation;
		const { store, auth, origins, keys } = foundation;
		this.#encryption = new Encryption({
			...{ certificate: foundation.certificate, broker: foundation.broker },
			...{ http: () => this.#http, log: this.#log },
		});
		const watches = new Watches(foundation, ownFiles(config, store.local.path), log);
		this.state = new ServerState({
			broker: foundation.broker,
			log,
			problems: () => [
				...problemsOf(...new Set([store, store.local, foundation.broker, foundation.probe])),
				...this.#modules.flatMap((module) => module.problems()),
				...watches.problems,
			],
			cautions: () => this.#cautions,
			isAlive: () => foundation.probe.problem === undefined,
			metrics: () => this.#modules.flatMap((module) => module.metrics()),
		});
		this.#names = modules.map(({ name }) => name);
		const nameOf = (index: number) => this.#names[index] ?? "";
		try {
			const core = this.#core(modules);
			for (const module of modules) this.#modules.push(module.build(core));
			refuseMetricTwins([
				...this.#modules.map((built, n) => ({ module: nameOf(n), metrics: built.metrics() })),
				{ module: "status", metrics: this.state.ownMetrics },
			]);
			const places = this.#modules.flatMap(({ http }) => http ?? []);
			this.#http = new HttpServer(httpOptions(this.#current, keys, places), {
				tables: [
					...this.#modules.map(({ routes }, n) => ({ module: nameOf(n), routes })),
					{ module: "status", routes: serverRoutes(this.state, () => this.#view) },
				],
				loginForm: LOGIN_PAGE.replace("<!-- command -->", () =>
					Bun.escapeHTML(hints.addAdmin ?? ADD_ADMIN),
				),
				auth,
				origins,
				log: log.component("http"),
				passed: hints.node?.passed,
				elsewhere: (method, path) => {
					const built = this.#modules.find((module) => module.elsewhere !== undefined);
					return built?.elsewhere?.(method, path);
				},
			});
		} catch (error) {
			void store.close();
			throw error;
		}
		this.#parts = new PartList(this.#inOrder(watches), this.#log, FINISH_TIMEOUT_MS);
	}

	get store(): StorePort {
		return this.#foundation.store;
	}

	get auth(): Auth {
		return this.#foundation.auth;
	}

	/** The second HTTP port in use; undefined: there is none. */
	get secondPort(): number | undefined {
		return this.#http.secondPort;
	}

	/** Whether there is an administrator; known once the server has started. */
	get hasAdmin(): boolean {
		return this.#foundation.accounts.hasAdmin;
	}

	/** Where clients on this machine reach the server, for people; ports are known once it has started. */
	get addresses(): Addresses {
		return addressesOf(this.#current.values, this.#ports, "localhost");
	}

	/** The same for programs: no other program can listen on that very address while the server does. */
	get localAddresses(): Addresses {
		const isIpv6 = this.#current.values.core.bind === "::";
		return addressesOf(this.#current.values, this.#ports, isIpv6 ? "[::1]" : "127.0.0.1");
	}

	/** Its state in one line. */
	get summary(): string {
		const modules = this.#modules.flatMap((module) => module.summary?.() ?? []);
		return [...modules, ...this.state.warnings].join("; ");
	}

	/** Takes over what may change while the server runs: log levels, limits and the certificate. */
	reload(config: Config): Reloaded {
		this.#allLog.setLevels(logLevels(config));
		const reloaded = this.#current.reload(config);
		this.#encryption.renew();
		return reloaded;
	}

	/** Starts every part in order; when one fails, those before it are stopped again. */
	async start(): Promise<Ports> {
		await this.#parts.start();
		return this.#ports;
	}

	/** Stops what runs in reverse order, after everything that is queued had its time to be finished. */
	async stop(): Promise<void> {
		await this.#parts.stop();
		this.#allLog.flush();
	}

	#core(modules: readonly ServerModule[]): Core {
		const { store, accounts, auth, grants, origins, broker } = this.#foundation;
		const isAlone = modules.length === 1;
		return {
			modules: this.#names,
			home: homeOf(modules),
			current: this.#current,
			log: this.#allLog,
			...{ store, accounts, auth, grants, origins, broker },
			state: this.state,
			ports: () => this.#ports,
			further: () =>
				modules.flatMap(({ listeners }) => listeners?.(this.#current.values, isAlone) ?? []),
			encryption: this.#encryption,
			addresses: () => this.addresses,
			node: this.#node,
			host: this.#host,
			devicesWithoutLogin: () => devicesWithoutLogin(this.#modules),
			offered: (offer) => offer.first(this.#modules.flatMap(({ offers }) => offers ?? [])),
		};
	}

	#inOrder(watches: Watches): Part[] {
		const { store, accounts, auth, broker, probe } = this.#foundation;
		const parts = this.#modules.flatMap((module) => module.parts);
		const http = { ...part("http", this.#http), finish: () => this.#http.finish() };
		const atBroker = [part("broker", broker), part("probe", probe), ...parts.flatMap(opened)];
		// A broker that asks lets in no one before it is answered, this server neither.
		const isAsked =
			this.#current.values["core-mqtt"].broker === "external" &&
			this.#modules.some(({ isAskedByBroker }) => isAskedByBroker);
		return [
			{ name: "store", finish: () => store.finish?.(), stop: () => store.close() },
			{ name: "accounts", start: () => accounts.start() },
			part("sessions of people", auth.sessions),
			...parts,
			...(isAsked ? [http, ...atBroker] : [...atBroker, http]),
			...watches.parts(this.#http),
			part("state", this.state),
		];
	}

	get #ports(): Ports {
		const { mqttPort, wsPort } = this.#foundation;
		const { port: http, securePort: https } = this.#http;
		return { http, mqtt: mqttPort(), ws: wsPort(), ...(https !== undefined && { https }) };
	}

	get #view(): ServerView {
		const views = this.#modules.map(({ view }, n) => [this.#names[n] ?? "", view?.()] as const);
		return {
			version: VERSION,
			pid: process.pid,
			since: this.#since,
			...this.addresses,
			database: this.#foundation.store.path,
			memory_bytes: process.memoryUsage.rss(),
			servers: [...this.#names],
			modules: Object.fromEntries(views.filter(([, view]) => view !== undefined)),
			warnings: this.state.warnings,
		};
	}

	get #cautions(): string[] {
		return [
			...cautions(this.#current.values),
			...this.#modules.flatMap((module) => module.cautions?.() ?? []),
			...[clientsCaution(this.#current) ?? [], this.#encryption.cautions].flat(),
		];
	}
}
