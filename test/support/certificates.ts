// Certificates as the compiled program makes them, for servers of tests.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { makeCertificate } from "../../src/tls/make-certificate.ts";
import { within } from "./waiting.ts";

export interface TestCertificate {
	readonly folder: string;
	readonly certPath: string;
	readonly keyPath: string;
	/** PEM to trust. */
	ca(): string;
	/** Replaces it by another one. */
	replace(days?: number): Promise<void>;
	remove(): void;
}

export async function testCertificate(days = 30): Promise<TestCertificate> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-tls-"));
	const path = (name: string) => join(folder, name);
	const replace = async (newDays = days) => {
		const made = await makeCertificate(["localhost", "127.0.0.1", "gateway.test"], newDays);
		await Bun.write(path("cert.pem"), made.cert);
		await Bun.write(path("key.pem"), made.key);
		await Bun.write(path("ca.pem"), made.ca);
	};
	await replace();
	return {
		folder,
		certPath: path("cert.pem"),
		keyPath: path("key.pem"),
		ca: () => readFileSync(path("ca.pem"), "utf8"),
		replace,
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** Fingerprint of the certificate a port shows. */
export async function shownAt(port: number): Promise<string> {
	const socket = await connectTls(port);
	const { fingerprint256 } = socket.getPeerCertificate();
	socket.destroy();
	return fingerprint256;
}

export function connectTls(port: number): Promise<TLSSocket> {
	const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
	const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () =>
		resolve(socket),
	);
	socket.once("error", reject);
	return within(promise, "a TLS connection");
}
