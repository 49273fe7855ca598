// The two servers a reader of the examples has: one on this machine, and one on a network, with logins and TLS.
import { type TestCertificate, testCertificate } from "../support/certificates.ts";
import { ADMIN, addAdmin, basic, makeToken } from "../support/logins.ts";
import { startBinary, type Target } from "../support/target.ts";

export type Kind = "this machine" | "a network";

export class Classroom {
	#target: Target;

	private constructor(
		target: Target,
		/** Undefined where no logins are asked for. */
		readonly token: string | undefined,
		readonly certificate: TestCertificate | undefined,
	) {
		this.#target = target;
	}

	static async open(kind: Kind): Promise<Classroom> {
		if (kind === "this machine") return new Classroom(await startBinary(), undefined, undefined);
		const certificate = await testCertificate();
		const target = await startBinary({
			core: { auth: "on" },
			tls: { cert: certificate.certPath, key: certificate.keyPath },
		});
		addAdmin(target);
		return new Classroom(target, makeToken(target, "class"), certificate);
	}

	get http(): string {
		return this.#target.http;
	}

	/** PEM file of the authority; undefined without TLS. */
	get ca(): string | undefined {
		return this.certificate === undefined ? undefined : `${this.certificate.folder}/ca.pem`;
	}

	/** What mosquitto's clients have to be told. */
	get mosquitto(): string[] {
		const broker = ["-h", "localhost", "-p", new URL(this.#target.mqtt).port];
		if (this.ca === undefined) return broker;
		return [...broker, "--cafile", this.ca, "-u", ADMIN.username, "-P", ADMIN.password];
	}

	/** A request that trusts the server, as admin unless the headers say otherwise. */
	fetch(path: string, init: BunFetchRequestInit = {}): Promise<Response> {
		const login = { Authorization: basic(ADMIN.username, ADMIN.password) };
		return fetch(`${this.http}${path}`, {
			...init,
			headers: { ...(this.token !== undefined && login), ...init.headers },
			tls: { ca: this.ca === undefined ? [] : [Bun.file(this.ca)] },
		});
	}

	/** Stops the server and starts it again with the same addresses and database. */
	async restart(): Promise<void> {
		this.#target = await this.#target.restart();
	}

	async dispose(): Promise<void> {
		await this.#target.dispose();
		this.certificate?.remove();
	}
}
