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
		if (!NAME.test(name)) throw new ConfigError(`"${name}" is no host name and no address`);
	}
	if (days !== undefined && days > LONGEST_DAYS) {
		throw new ConfigError(`phones refuse a certificate of more than ${LONGEST_DAYS} days`);
	}
	const { userdir } = readConfig(options).core;
	const folder = join(userdir, "tls");
	const paths = {
		ca: join(folder, "ca.pem"),
		cert: join(folder, "cert.pem"),
		key: join(folder, "key.pem"),
	};
	if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
		throw new ConfigError(`"${folder}" is a link: nothing is written where it leads`);
	}
	if (existsSync(paths.cert) && !force) {
		throw new ConfigError(
			`"${paths.cert}" exists already; with --force it is replaced, and every device has to be told to trust the new one`,
		);
	}
	const [first, ...others] = [...new Set([...given, ...ownNames()])];
	if (first === undefined) throw new ConfigError("say a host name or an address");
	const made = await makeCertificate([first, ...others], days ?? LONGEST_DAYS);
	makePrivateDirectory(folder);
	write(paths.key, made.key, 0o600);
	write(paths.cert, made.cert, 0o644);
	write(paths.ca, made.ca, 0o644);
	giveToOwner(userdir, [folder, ...Object.values(paths)]);
	print(`Wrote a certificate for ${[first, ...others].join(", ")}

Use it: put this into the ini, and start the server again

  [tls]
  cert = ${paths.cert}
  key = ${paths.key}

Let devices trust it: copy ${paths.ca} to them, and install it as a
certificate authority (curl --cacert, mosquitto_sub --cafile). Nobody can make another
certificate with it: the authority's key has not been kept.
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
