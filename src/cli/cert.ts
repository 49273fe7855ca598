import { existsSync, lstatSync, rmSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { ConfigError, makePrivateDirectory } from "../kit/mod.ts";
import { LONGEST_DAYS, makeCertificate } from "../tls/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { giveToOwner } from "./ownership.ts";
import { readConfig } from "./read-config.ts";

const NAME = /^(?=.{1,253}$)[A-Za-z0-9*]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/;

export interface CertOptions {
	/** Days it is good for. */
	readonly days?: number;
	readonly force?: boolean;
}

/**
 * `iotctl cert self-signed [NAMES]`: a certificate for a network without a name in the Internet.
 * @throws ConfigError when there is one already, or a name cannot be one.
 */
export async function selfSigned(
	options: GlobalOptions,
	given: readonly string[],
	{ days, force = false }: CertOptions,
): Promise<void> {
	for (const name of given) {
		if (!NAME.test(name)) throw new ConfigError(`"${name}" is not a host name or IP address`);
	}
	if (days !== undefined && days > LONGEST_DAYS) {
		throw new ConfigError(
			`--days can be at most ${LONGEST_DAYS}: phones reject certificates that are valid longer`,
		);
	}
	const { userdir } = readConfig(options).core;
	const folder = join(userdir, "tls");
	const paths = {
		ca: join(folder, "ca.pem"),
		cert: join(folder, "cert.pem"),
		key: join(folder, "key.pem"),
	};
	if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
		throw new ConfigError(`"${folder}" is a symbolic link, and nothing is written through it`);
	}
	if (existsSync(paths.cert) && !force) {
		throw new ConfigError(
			`"${paths.cert}" already exists; --force replaces it, and then every device must trust the new one`,
		);
	}
	const [first, ...others] = [...new Set([...given, ...ownNames()])];
	if (first === undefined) throw new ConfigError("missing host name or IP address");
	const made = await makeCertificate([first, ...others], days ?? LONGEST_DAYS);
	makePrivateDirectory(folder);
	write(paths.key, made.key, 0o600);
	write(paths.cert, made.cert, 0o644);
	write(paths.ca, made.ca, 0o644);
	giveToOwner(userdir, [folder, ...Object.values(paths)]);
	print(`Wrote a certificate for ${[first, ...others].join(", ")}

To use it, add this to the ini and restart the server:

  [tls]
  cert = ${paths.cert}
  key = ${paths.key}

To let devices trust it, copy ${paths.ca} to them and install it as a
certificate authority (curl --cacert, mosquitto_sub --cafile). No other certificate can be
signed with it: the authority's key was not kept.
`);
}

/** A new file, never one that something else at the path leads to. */
function write(path: string, text: string, mode: number): void {
	rmSync(path, { force: true });
	writeFileSync(path, text, { mode, flag: "wx" });
}

/** What others on the network may call this machine. */
function ownNames(): string[] {
	const host = hostname();
	const names = host.includes(".") ? [host] : [host, `${host}.local`];
	const addresses = Object.values(networkInterfaces())
		.flatMap((list) => list ?? [])
		// Link-local ones need the interface's name behind them, which certificates do not know.
		.filter(({ address }) => !address.startsWith("fe80:"))
		.map(({ address }) => address);
	return [...names, "localhost", ...addresses];
}
