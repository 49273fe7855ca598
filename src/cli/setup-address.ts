import { type Config, isLocal, lanAddresses } from "../settings/mod.ts";

/**
 * Where the first administrator is made with a key.
 * @param http Address of the server on this machine.
 */
export function setupAddresses(config: Config, http: string, key: string): string[] {
	const others = isLocal(config) ? [] : lanAddresses();
	const hosts = others.map((host) => {
		const url = new URL(http);
		url.hostname = host;
		return url.origin;
	});
	return [http, ...hosts].map((host) => `${host}/gui/#/setup/${key}`);
}
