import { hostname } from "node:os";
import { sectionValues } from "../config/mod.ts";
import { V1 } from "../csm/config.ts";
import { ConfigError } from "../kit/mod.ts";
import { type Config, encryptionOf } from "../settings/mod.ts";

const OR_NONE = "or leave name in [cluster] empty";

/** The name of the node that the ini makes of the server. */
export function nodeName({ cluster }: Config): string {
	return cluster.node || hostname();
}

/** Where a node runs, for people. */
export function nodeProcess(pid: number): string {
	return `${hostname()} (process ${pid})`;
}

/** Where the other nodes reach it. @param port That of HTTP, as it is. */
export function nodeUrl(config: Config, port: number): string {
	const scheme = encryptionOf(config).http ? "https" : "http";
	return config.cluster.url || `${scheme}://${hostname()}:${port}`;
}

/**
 * Whether the ini makes the server a node of a cluster.
 * @param servers Names of its modules.
 * @throws ConfigError when it does, and lacks what that needs.
 */
export function isNode(config: Config, servers: readonly string[]): boolean {
	const { cluster, "core-db": db, "core-mqtt": mqtt } = config;
	if (cluster.name === "") return false;
	if (db.type !== "postgres") {
		throw new ConfigError(
			`the nodes of a cluster share a PostgreSQL database: set type = postgres and url in [core-db], ${OR_NONE}`,
		);
	}
	if (mqtt.broker !== "external") {
		throw new ConfigError(
			`the nodes of a cluster share a broker: set broker = external in [core-mqtt], ${OR_NONE}`,
		);
	}
	if (!servers.includes("csm")) {
		throw new ConfigError(
			`a node of a cluster has devices and graphs: start it with iotctl start csm, or with iotctl start csm ccm, ${OR_NONE}`,
		);
	}
	if (sectionValues(config, V1).port !== 0) {
		throw new ConfigError(
			`devices of the older protocol cannot use a cluster: set port = 0 in [v1], ${OR_NONE}`,
		);
	}
	return true;
}
