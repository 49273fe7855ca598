import { Certificate, type CertificateFiles, type TlsKeys } from "../tls/mod.ts";

/** The certificate of a server: that of its ini, or one it got while it was running. */
export class ServerCertificate {
	#current: Certificate | undefined;

	/** @throws ConfigError naming the file and what is wrong with it. */
	constructor(files: CertificateFiles | undefined) {
		if (files !== undefined) this.use(files);
	}

	/** Undefined: nothing is encrypted. */
	get current(): Certificate | undefined {
		return this.#current;
	}

	/** Reads the current one each time it is called; undefined where there is none yet. */
	get keys(): (() => TlsKeys) | undefined {
		const certificate = this.#current;
		return certificate && (() => certificate.keys);
	}

	/** Host names it is valid for. */
	get hostNames(): string[] {
		return this.#current?.hostNames ?? [];
	}

	/** @throws ConfigError naming the file and what is wrong with it; the previous one stays in use. */
	use(files: CertificateFiles): Certificate {
		this.#current = new Certificate(files);
		return this.#current;
	}
}
