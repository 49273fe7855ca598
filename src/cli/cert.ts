import { existsSync } from "node:fs";
import { ConfigError } from "../kit/mod.ts";
import { LONGEST_DAYS, machineNames, ownCertificate, writeOwnCertificate } from "../tls/mod.ts";
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
	const there = ownCertificate(userdir).cert;
	if (existsSync(there) && !force) {
		throw new ConfigError(
			`"${there}" already exists; --force replaces it, and then every device must trust the new one`,
		);
	}
	const [first, ...others] = [...new Set([...given, ...machineNames()])];
	if (first === undefined) throw new ConfigError("missing host name or IP address");
	const paths = await writeOwnCertificate(userdir, [first, ...others], days);
	giveToOwner(userdir, Object.values(paths));
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
