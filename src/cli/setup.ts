import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { ConfigError } from "../kit/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readConfig, readUserdir } from "./read-config.ts";
import { fetchFrom, serverOnceReady } from "./running.ts";
import { setupAddresses } from "./setup-address.ts";

const KEY = "/api/v1/setup/key";
const Drawn = Type.Object({ key: Type.String(), minutes: Type.Integer() });

/**
 * `iotctl setup`: an address where the first administrator is made, good once and for a while.
 * One that is starting is waited for.
 * @throws NotRunning when no server runs; ConfigError when there is an administrator, or nothing to set up in a browser.
 */
export async function setup(options: GlobalOptions): Promise<void> {
	const info = await serverOnceReady(readUserdir(options));
	const response = await fetchFrom(info, KEY, { method: "POST" });
	const answer: unknown = await response.json().catch(() => undefined);
	if (response.status === 409) {
		throw new ConfigError(
			"this server has an administrator already; add another one with: iotctl user add NAME",
		);
	}
	if (!Value.Check(Drawn, answer)) {
		throw new ConfigError(
			"this server has no page to set it up; add an administrator with: iotctl user add NAME",
		);
	}
	const { port, protocol } = new URL(info.http);
	const http = `${protocol}//localhost${port === "" ? "" : `:${port}`}`;
	const config = readConfig({ ...options, ...(info.ini !== null && { config: info.ini }) });
	const addresses = setupAddresses(config, http, answer.key);
	print(
		`Set the server up in a browser; the address works once, for ${answer.minutes} minutes:\n\n${addresses.map((address) => `  ${address}\n`).join("")}`,
	);
}
