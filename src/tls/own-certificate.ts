import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { ConfigError, makePrivateDirectory } from "../kit/mod.ts";
import type { CertificateFiles } from "./certificate.ts";
import { LONGEST_DAYS, makeCertificate } from "./make-certificate.ts";

const FOLDER = "tls";

/** Where a certificate made by this program is; `ca` is what devices are to trust. */
export interface OwnCertificate extends CertificateFiles {
	readonly folder: string;
	readonly ca: string;
}

/** The same, relative to the user directory, as an ini has it. */
export const OWN_IN_INI: CertificateFiles = {
	cert: `${FOLDER}/cert.pem`,
	key: `${FOLDER}/key.pem`,
};

/** @param userdir Whole path. */
export function ownCertificate(userdir: string): OwnCertificate {
	const folder = join(userdir, FOLDER);
	const { cert, key } = OWN_IN_INI;
	return { folder, ca: join(folder, "ca.pem"), cert: join(userdir, cert), key: join(userdir, key) };
}

/** What others on the network may call this machine. */
export function machineNames(): readonly [string, ...string[]] {
	const host = hostname();
	const names = host === "" || host.includes(".") ? [] : [`${host}.local`];
	const addresses = Object.values(networkInterfaces())
		.flatMap((list) => list ?? [])
		// Link-local ones need the interface's name behind them, which certificates do not know.
		.filter(({ address }) => !address.startsWith("fe80:"))
		.map(({ address }) => address);
	const [first = "localhost", ...others] = [
		...new Set([...(host === "" ? [] : [host]), ...names, "localhost", ...addresses]),
	];
	return [first, ...others];
}

/**
 * Makes a certificate and writes it into a user directory, over one that is there.
 * @throws ConfigError when the folder is a link, the system's error when it cannot be written.
 */
export async function writeOwnCertificate(
	userdir: string,
	names: readonly [string, ...string[]] = machineNames(),
	days = LONGEST_DAYS,
): Promise<OwnCertificate> {
	const paths = ownCertificate(userdir);
	if (lstatSync(paths.folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
		throw new ConfigError(
			`"${paths.folder}" is a symbolic link, and nothing is written through it`,
		);
	}
	const made = await makeCertificate(names, days);
	makePrivateDirectory(paths.folder);
	write(paths.key, made.key, 0o600);
	write(paths.cert, made.cert, 0o644);
	write(paths.ca, made.ca, 0o644);
	return paths;
}

/** A new file, never one that something else at the path leads to. */
function write(path: string, text: string, mode: number): void {
	rmSync(path, { force: true });
	writeFileSync(path, text, { mode, flag: "wx" });
}
