import { ConfigError } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";

/**
 * A server that said it was a node, and worked as one server does, would send twice what two of them get.
 * @throws ConfigError when the ini makes the server a node of a cluster, with what that needs.
 */
export function refuseCluster(config: Config): void {
	const { cluster, "core-db": db, "core-mqtt": mqtt } = config;
	if (cluster.name === "") return;
	if (db.type !== "postgres") {
		throw new ConfigError(
			`the nodes of a cluster share a PostgreSQL database: set type = postgres and url in [core-db], or leave name in [cluster] empty`,
		);
	}
	if (mqtt.broker !== "external") {
		throw new ConfigError(
			`the nodes of a cluster share a broker: set broker = external in [core-mqtt], or leave name in [cluster] empty`,
		);
	}
	throw new ConfigError(
		"several servers cannot work as a cluster in this version: leave name in [cluster] empty",
	);
}
