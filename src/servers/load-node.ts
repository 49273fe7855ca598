import type { Log } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { ModuleNode } from "./module.ts";

/**
 * Opens what makes a server a node of a cluster; others load nothing of it.
 * @param servers Names of its modules.
 * @throws ConfigError
 */
export async function loadNode(
	config: Config,
	servers: readonly string[],
	log: Log,
): Promise<ModuleNode> {
	const { openNode } = await import("./node-setup.ts");
	return await openNode(config, servers, log);
}
