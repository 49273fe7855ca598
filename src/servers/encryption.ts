import type { HttpServer } from "../http/mod.ts";
import { type Logger, messageOf } from "../kit/mod.ts";
import type { Broker } from "../mqtt/mod.ts";
import { HTTPS_SETTING } from "../settings/mod.ts";
import type { Certificate, CertificateFiles } from "../tls/mod.ts";
import type { ServerCertificate } from "./server-certificate.ts";

export interface EncryptionDeps {
	readonly certificate: ServerCertificate;
	readonly broker: Pick<Broker, "renewCertificate">;
	readonly http: () => Pick<HttpServer, "renewCertificate" | "openSecure">;
	readonly log: Logger;
}

/** The certificate of a server, and the listeners that use it. */
export class Encryption {
	readonly #deps: EncryptionDeps;

	constructor(deps: EncryptionDeps) {
		this.#deps = deps;
	}

	/** Undefined: nothing is encrypted. */
	get certificate(): Certificate | undefined {
		return this.#deps.certificate.current;
	}

	/** Why clients may reject it, now or soon. */
	get cautions(): string[] {
		const caution = this.certificate?.caution;
		return caution === undefined ? [] : [caution];
	}

	/** Takes a renewed certificate over, on all listeners; one that cannot be used changes nothing. */
	renew(): void {
		const { broker, http, log } = this.#deps;
		const { certificate } = this;
		try {
			if (certificate?.renew() !== true) return;
			broker.renewCertificate();
			http().renewCertificate();
			const { names, expiresAt } = certificate;
			log.info("new certificate in use", { names, expires: expiresAt.toISOString() });
		} catch (error) {
			log.error("cannot load the new certificate, keeping the current one", {
				reason: messageOf(error),
			});
		}
	}

	/**
	 * Opens the encrypted HTTP port of a server that runs.
	 * @param files Where the certificate is, for a server that has none yet.
	 * @throws ConfigError when that cannot be used, ListenError when the port is not available.
	 */
	openHttps(
		place: { readonly bind: string; readonly port: number },
		files: CertificateFiles,
	): void {
		const { certificate: held, http, log } = this.#deps;
		const certificate = held.current ?? held.use(files);
		const tls = () => certificate.keys;
		http().openSecure({ ...place, setting: HTTPS_SETTING, tls });
		log.info("encrypted HTTP port opened", { port: place.port, names: certificate.names });
	}
}
