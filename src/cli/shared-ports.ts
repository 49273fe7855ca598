import { ConfigError } from "../kit/mod.ts";
import { type Config, type Listener, sharedPorts } from "../settings/mod.ts";

/** Not left to the system, which lets HTTP and WebSocket share a port and each get half of the connections. */
export function refuseSharedPorts(config: Config, further: readonly Listener[]): void {
	const [rivals] = sharedPorts(config, further);
	if (rivals === undefined) return;
	const { first, second, port } = rivals;
	throw new ConfigError(
		`Cannot listen for ${second.what} on port ${port}: it is already used by ${first.what} (${first.setting}); change ${second.setting}`,
	);
}
