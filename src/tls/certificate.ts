import type { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { ConfigError, codeOf, reasonOf } from "../kit/mod.ts";

/** PEM files, as `[tls]` names them. */
export interface CertificateFiles {
	readonly cert: string;
	readonly key: string;
}

/** What a listener needs to speak TLS: the texts of both files. */
export interface TlsKeys {
	readonly cert: string;
	readonly key: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** From then on there is a warning; timers that renew certificates do it a month before. */
const SOON_MS = 14 * 86_400_000;

/** This server's certificate; read at the start, and again at each renewal. */
export class Certificate {
	readonly #files: CertificateFiles;
	#keys: TlsKeys;
	#parsed: X509Certificate;

	/** @throws ConfigError naming the file and what is wrong with it. */
	constructor(files: CertificateFiles) {
		this.#files = files;
		[this.#keys, this.#parsed] = read(files);
	}

	get keys(): TlsKeys {
		return this.#keys;
	}

	/** Names and addresses it is valid for, as `DNS:pi.local, IP Address:192.168.1.5`. */
	get names(): string {
		return this.#parsed.subjectAltName ?? this.#parsed.subject;
	}

	/** Host names it is valid for, such as `pi.local`. */
	get hostNames(): string[] {
		const names = this.#parsed.subjectAltName?.split(", ") ?? [];
		return names.filter((name) => name.startsWith("DNS:")).map((name) => name.slice("DNS:".length));
	}

	/** The same one by one, such as `pi.local` and `192.168.1.5`. */
	get hosts(): string[] {
		const hosts = this.names.split(", ").map((name) => name.replace(/^[A-Za-z ]+[:=]/, ""));
		return hosts.map((host) => (isIPv6(host) ? shortest(host) : host));
	}

	/** Whether a private authority signed it, which the file names: clients have to be told to trust it. */
	get isSelfSigned(): boolean {
		return (this.#keys.cert.match(BLOCK) ?? []).some(isRoot);
	}

	get expiresAt(): Date {
		return new Date(this.#parsed.validTo);
	}

	/** Why clients may reject it, now or soon. */
	get caution(): string | undefined {
		const now = Date.now();
		const day = this.expiresAt.toISOString().slice(0, 10);
		const then = "renew it, then: iotctl reload";
		if (new Date(this.#parsed.validFrom).getTime() > now) {
			return `the certificate ${this.#files.cert} is not valid yet; check the clock`;
		}
		if (this.expiresAt.getTime() < now) {
			return `the certificate ${this.#files.cert} expired on ${day}; ${then}`;
		}
		if (this.expiresAt.getTime() - now < SOON_MS) {
			return `the certificate ${this.#files.cert} expires on ${day}; ${then}`;
		}
		return undefined;
	}

	/**
	 * Reads the files again.
	 * @returns whether they hold another certificate or key.
	 * @throws ConfigError when they cannot be used; the current ones stay.
	 */
	renew(): boolean {
		const [keys, parsed] = read(this.#files);
		const isNew = keys.cert !== this.#keys.cert || keys.key !== this.#keys.key;
		this.#keys = keys;
		this.#parsed = parsed;
		return isNew;
	}
}

/** Loaded with a certificate: a server without one does without 100 KB and a millisecond of its start. */
const nodeCrypto = () => process.getBuiltinModule("node:crypto");

function read(files: CertificateFiles): [TlsKeys, X509Certificate] {
	const { createPrivateKey, X509Certificate } = nodeCrypto();
	const cert = textOf(files.cert, "cert");
	const key = textOf(files.key, "key");
	const parsed = usable(files.cert, "a certificate", () => new X509Certificate(cert));
	const privateKey = usable(files.key, "a private key without a passphrase", () =>
		createPrivateKey(key),
	);
	if (!parsed.checkPrivateKey(privateKey)) {
		throw new ConfigError(
			`Cannot use the certificate "${files.cert}": the key "${files.key}" does not match it (cert must start with this server's own certificate, followed by its authority's)`,
		);
	}
	return [{ cert, key }, parsed];
}

/** Certificates are shown with all parts of an address. */
function shortest(address: string): string {
	return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** Whether a certificate of a PEM file is its own authority; one that cannot be read is no one's. */
function isRoot(block: string): boolean {
	try {
		const { issuer, subject } = new (nodeCrypto().X509Certificate)(block);
		return issuer === subject;
	} catch {
		return false;
	}
}

function textOf(path: string, name: string): string {
	try {
		// Without the byte order mark that editors on Windows put first.
		return new TextDecoder().decode(readFileSync(path));
	} catch (error) {
		const hint = codeOf(error) === "EACCES" ? "; the server's user must be able to read it" : "";
		throw new ConfigError(`Cannot read "${path}" (${name} in [tls]): ${reasonOf(error)}${hint}`);
	}
}

function usable<T>(path: string, what: string, make: () => T): T {
	try {
		return make();
	} catch {
		throw new ConfigError(`Cannot use "${path}": it is not ${what} in PEM`);
	}
}
