import { existsSync } from "node:fs";
import { join } from "node:path";
import { isOnlyHere } from "../auth/mod.ts";
import { type HttpsSetup, type HttpsView, Refusal } from "../ccm/mod.ts";
import { ConfigError, ListenError, messageOf, reasonOf } from "../kit/mod.ts";
import { type Config, encryptionOf, isLocal, lanAddresses } from "../settings/mod.ts";
import {
	type CertificateFiles,
	OWN_IN_INI,
	ownCertificate,
	writeOwnCertificate,
} from "../tls/mod.ts";
import { certificateFiles } from "./core-options.ts";
import { changeIni, type IniChanges, iniWords } from "./ini-file.ts";
import type { Core } from "./module.ts";

const USUAL_PORT = 9993;

export type HttpsOpeningDeps = Pick<
	Core,
	"current" | "encryption" | "ports" | "further" | "host" | "log" | "node"
>;

/** What is done from a page would be done on the one node that has the project manager at the moment. */
const BY_INI =
	"each node of a cluster opens HTTPS by its own ini: set https-port in [core] and cert and key in [tls] there, and restart one after the other; or let the load balancer encrypt";

/** Opens the encrypted port for phones when an administrator wants it. */
export class HttpsOpening implements Pick<HttpsSetup, "about" | "open" | "isByIni"> {
	readonly #core: HttpsOpeningDeps;
	/** The last request; the next one begins when it is done. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(core: HttpsOpeningDeps) {
		this.#core = core;
	}

	get isByIni(): boolean {
		return this.#core.node !== undefined;
	}

	about(base: string): HttpsView | undefined {
		const { encryption } = this.#core;
		const port = this.#port;
		const { certificate } = encryption;
		if (port === undefined || certificate === undefined) return undefined;
		const { hosts: names, expiresAt, isSelfSigned: self_signed } = certificate;
		return {
			port,
			address: this.#addressAt(base, port),
			names,
			until: Math.floor(expiresAt.getTime() / 1000),
			self_signed,
		};
	}

	open(port: number | undefined): Promise<string | undefined> {
		const opening = this.#last.then(() => this.#open(port));
		this.#last = opening.catch(() => {});
		return opening;
	}

	/** The encrypted port in use; undefined: there is none. */
	get #port(): number | undefined {
		const { http, https } = this.#core.ports();
		return https ?? (encryptionOf(this.#values).http ? http : undefined);
	}

	get #values(): Config {
		return this.#core.current.values;
	}

	async #open(wanted: number | undefined): Promise<string | undefined> {
		const open = this.#port;
		if (open !== undefined) {
			if (wanted === undefined || wanted === open) return undefined;
			throw new Refusal(
				409,
				`HTTPS is open at port ${open} already: to change that, edit the ini and restart the server`,
			);
		}
		if (this.isByIni) throw new Refusal(409, BY_INI);
		const before = this.#values;
		if (before.core["http-scheme"] === "https") {
			throw new Refusal(409, "a reverse proxy encrypts for this server: phones use its address");
		}
		const port = wanted ?? USUAL_PORT;
		this.#refuseOwnPort(port);
		const files = await this.#certificate();
		try {
			this.#core.encryption.openHttps({ bind: before.core.bind, port }, files);
		} catch (error) {
			throw refusalOf(error, port);
		}
		const changes = changesFor(before, port);
		this.#core.current.adopt((values) => withChanges(values, changes));
		return this.#writeIni(changes);
	}

	/** @throws Refusal: the system would let two listeners of a program share a port, and each get half. */
	#refuseOwnPort(port: number): void {
		const { ports, further } = this.#core;
		const { http, mqtt, ws } = ports();
		const isExternal = this.#values["core-mqtt"].broker === "external";
		const own = [http, ...(isExternal ? [] : [mqtt, ws]), ...further().map((one) => one.port)];
		if (own.includes(port)) {
			throw new Refusal(409, `port ${port} is used by this server itself: choose another one`);
		}
	}

	/** Where the certificate is: as the ini says, or one made by this program. @throws Refusal */
	async #certificate(): Promise<CertificateFiles> {
		const { userdir } = this.#values.core;
		try {
			const configured = certificateFiles(this.#values);
			if (configured !== undefined) return configured;
			const own = ownCertificate(userdir);
			if (existsSync(own.cert) || existsSync(own.key)) return own;
			return await writeOwnCertificate(userdir);
		} catch (error) {
			const reason = error instanceof ConfigError ? error.message : reasonOf(error);
			throw new Refusal(409, `cannot create a certificate: ${reason}`);
		}
	}

	/** @returns what people have to do themselves. */
	#writeIni(changes: IniChanges): string | undefined {
		const { host, log: all } = this.#core;
		const log = all.component("server");
		const { ini = join(this.#values.core.userdir, "iotctl.ini") } = host;
		try {
			changeIni(ini, changes);
			log.audit("HTTPS opened", { ini });
			return undefined;
		} catch (error) {
			log.warn("cannot change the ini", { ini, reason: messageOf(error) });
			return `HTTPS is open until the server stops: cannot write ${ini}; set ${iniWords(changes)} there`;
		}
	}

	/** A page on the server's own machine came by a name that means another one on a phone. */
	#addressAt(base: string, port: number): string {
		const url = new URL(base);
		const isReachedByOthers = !isLocal(this.#values);
		const [other = url.hostname] = isReachedByOthers ? lanAddresses() : [];
		const host = isOnlyHere(url.hostname) ? other : url.hostname;
		return `https://${host}:${port}${url.pathname.replace(/\/$/, "")}`;
	}
}

/** What the ini has to say, so that the next start listens as the server does now. */
function changesFor(config: Config, port: number): IniChanges {
	const { mqtt, ws } = encryptionOf(config);
	const stays = (is: boolean, section: "core-mqtt" | "core-ws", scheme: string) =>
		is && config[section].scheme === "auto" ? { [section]: { scheme } } : {};
	return {
		core: { "https-port": String(port) },
		...(config.tls.cert === "" && { tls: { ...OWN_IN_INI } }),
		...stays(mqtt, "core-mqtt", "mqtts"),
		...stays(ws, "core-ws", "wss"),
	};
}

function withChanges(values: Config, changes: IniChanges): Config {
	const { core, tls, "core-mqtt": mqtt, "core-ws": ws } = changes;
	return {
		...values,
		core: { ...values.core, "https-port": Number(core?.["https-port"]) },
		...(tls !== undefined && { tls: { ...values.tls, ...tls } }),
		...(mqtt !== undefined && {
			"core-mqtt": { ...values["core-mqtt"], scheme: "mqtts" as const },
		}),
		...(ws !== undefined && { "core-ws": { ...values["core-ws"], scheme: "wss" as const } }),
	};
}

function refusalOf(error: unknown, port: number): unknown {
	if (error instanceof ListenError && error.isInUse) {
		return new Refusal(409, `port ${port} is used by another program: choose another one`);
	}
	return error instanceof ConfigError ? new Refusal(409, error.message) : error;
}
