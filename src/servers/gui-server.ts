import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { files } from "../../build/editor/files.ts";
import LOGIN_PAGE from "../../build/page/login.txt" with { type: "text" };
import { Auth, OriginRules } from "../auth/mod.ts";
import { GUI } from "../ccm/config.ts";
import { homeRoutes, pageRoutes } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import type { ServerView } from "../contract/mod.ts";
import { bearerOf, Forwarder, HttpServer, PageFiles } from "../http/mod.ts";
import { ConfigError, type Log, reasonOf, systemClock, VERSION } from "../kit/mod.ts";
import { type Addresses, addressesOf, type Config } from "../settings/mod.ts";
import { serverRoutes } from "../status/mod.ts";
import { certificateFiles, httpOptions, originOptions } from "./core-options.ts";
import { forwardRoutes } from "./gui-routes.ts";
import { ServerCertificate } from "./server-certificate.ts";

/** No one has an account here: the command line of this machine has its key, all others are the project manager's. */
const NO_ACCOUNTS = {
	refresh: async () => {},
	refreshSurely: async () => {},
	isOutdated: () => false,
	user: () => undefined,
	tokenByHash: () => undefined,
	service: () => undefined,
};

/** The editor for the project manager of another server: `iotctl start gui`. It has no database and no broker. */
export class GuiServer {
	readonly #config: Config;
	readonly #auth: Auth;
	readonly #certificate: ServerCertificate;
	readonly #forwarder: Forwarder;
	readonly #http: HttpServer;
	readonly #log: Log;
	readonly #since = Date.now() / 1000;
	/** Where the project manager is. */
	readonly ccm: string;

	/**
	 * @param config As {@link guiAlone} makes it.
	 * @throws ConfigError: `ccm-url` is missing, or the certificate or the authority cannot be used.
	 */
	constructor(config: Config, log: Log) {
		const { "ccm-url": url, prefix } = sectionValues(config, GUI);
		if (url === "") {
			throw new ConfigError(
				"start gui needs ccm-url in [gui]: where the project manager is, such as http://10.0.0.2:9992",
			);
		}
		this.ccm = url.replace(/\/$/, "");
		this.#config = config;
		this.#log = log;
		const certificate = new ServerCertificate(certificateFiles(config));
		this.#certificate = certificate;
		const options = httpOptions({ values: config }, certificate.keys, [
			{ prefix, second: undefined },
		]);
		const logger = log.component("http");
		this.#auth = new Auth(true, {
			accounts: NO_ACCOUNTS,
			secretHashOf: () => undefined,
			log: logger,
		});
		this.#forwarder = new Forwarder(
			{
				base: this.ccm,
				what: "the project manager",
				cookiePrefix: ({ port }) => `gui-${port}-`,
				isOwnLogin: (authorization) => this.#auth.isLocalKey(bearerOf(authorization)),
				ca: authorityOf(config),
				maxBodyBytes: options.maxBodyBytes,
				bodyTimeoutMs: options.bodyTimeoutMs,
			},
			{ clock: systemClock, log: logger },
		);
		this.#http = new HttpServer(options, {
			tables: [
				{
					module: "gui",
					routes: [
						...pageRoutes(new PageFiles(files)),
						...homeRoutes(true),
						...forwardRoutes(this.#forwarder, options.prefixes),
					],
				},
				{ module: "status", routes: serverRoutes(this.#state, () => this.#view) },
			],
			loginForm: LOGIN_PAGE,
			auth: this.#auth,
			origins: new OriginRules(originOptions({ values: config }), {
				machineName: hostname,
				ownNames: () => [config.core.bind, ...certificate.hostNames],
			}),
			log: logger,
		});
	}

	/** Login of the command line on this machine. */
	get localKey(): string {
		return this.#auth.localKey;
	}

	/** Where it is reached, for people. */
	get address(): string {
		return this.#addressesAt("localhost").http;
	}

	/** The same for programs on this machine. */
	get localAddress(): string {
		return this.#addressesAt(this.#config.core.bind === "::" ? "[::1]" : "127.0.0.1").http;
	}

	/** Where it is reached encrypted besides; undefined: nowhere. */
	get secureAddress(): string | undefined {
		return this.#addressesAt("localhost").https;
	}

	/** @throws ListenError */
	start(): void {
		this.#http.start();
	}

	/** Takes a renewed certificate. @throws ConfigError or ListenError, and keeps the current one. */
	reload(): void {
		if (this.#certificate.current?.renew() === true) this.#http.renewCertificate();
	}

	/** Answers what is in progress, and ends streams. */
	async stop(): Promise<void> {
		this.#forwarder.stop();
		await this.#http.finish();
		await this.#http.stop();
	}

	#addressesAt(everywhere: string): Addresses {
		const { port: http, securePort: https } = this.#http;
		const ports = { http, mqtt: 0, ws: 0, ...(https !== undefined && { https }) };
		return addressesOf(this.#config, ports, everywhere);
	}

	get #problems(): string[] {
		const { problem } = this.#forwarder;
		return problem === undefined ? [] : [problem];
	}

	get #state() {
		const problems = () => this.#problems;
		return {
			get problems() {
				return problems();
			},
			isAlive: true,
			metrics: async () => ({
				contentType: "text/plain; version=0.0.4; charset=utf-8",
				text: this.#metrics,
			}),
			log: () => this.#log.recent().map((line): Record<string, unknown> => JSON.parse(line)),
		};
	}

	get #metrics(): string {
		const { inFlight, streams } = this.#forwarder;
		return [
			"# HELP iotctl_gui_requests_in_flight Requests on their way to the project manager.",
			"# TYPE iotctl_gui_requests_in_flight gauge",
			`iotctl_gui_requests_in_flight ${inFlight}`,
			"# HELP iotctl_gui_streams Streams of events that are open.",
			"# TYPE iotctl_gui_streams gauge",
			`iotctl_gui_streams ${streams}`,
			"",
		].join("\n");
	}

	get #view(): ServerView {
		const { rss } = process.memoryUsage();
		return {
			...{ version: VERSION, pid: process.pid, since: this.#since, http: this.address },
			...(this.secureAddress !== undefined && { https: this.secureAddress }),
			...{ mqtt: "", ws: "", database: "", memory_bytes: rss, servers: ["gui"] },
			...{ modules: { gui: { ccm: this.ccm } }, warnings: this.#problems },
		};
	}
}

/** @throws ConfigError */
function authorityOf(config: Config): string | undefined {
	const { "ccm-ca": path } = sectionValues(config, GUI);
	if (path === "") return undefined;
	const whole = resolve(config.core.userdir, path);
	try {
		return readFileSync(whole, "utf8");
	} catch (error) {
		throw new ConfigError(`Cannot read ccm-ca in [gui], "${whole}": ${reasonOf(error)}`);
	}
}
