import type { Log } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { NodeSetup } from "./node-parts.ts";

/** Opens what makes a server a node of a cluster; others load nothing of it. @throws ConfigError */
export async function loadNode(config: Config, log: Log): Promise<NodeSetup> {
	const { openNode } = await import("./node-setup.ts");
	return await openNode(config, log);
}
