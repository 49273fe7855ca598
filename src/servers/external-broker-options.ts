import { readHostList, withoutBrackets } from "../config/mod.ts";
import { API_REQUESTS } from "../contract/mod.ts";
import { readTextFile } from "../kit/mod.ts";
import type { ExternalBrokerOptions } from "../mqtt/mod.ts";
import { schemesOf } from "../settings/mod.ts";
import { STOP_TIMEOUT_MS } from "./core-options.ts";
import type { Values } from "./current-config.ts";

/** How long a start waits for an external broker. */
const BROKER_START_TIMEOUT_MS = 5000;

/**
 * @param sessionId Of the database; undefined when it is kept in memory alone.
 * @param clientName The server module that is its client.
 * @param dataQos The highest QoS of data; undefined: it has none.
 * @throws ConfigError when the file of the password or the authority cannot be read.
 */
export function externalBrokerOptions(
	current: Values,
	sessionId: string | undefined,
	clientName = "iotctl",
	dataQos?: 0 | 1 | 2,
): ExternalBrokerOptions {
	const { "core-mqtt": mqtt } = current.values;
	const own = { host: withoutBrackets(mqtt.host || "localhost"), port: mqtt.port };
	const listed = readHostList(mqtt.connect, mqtt.port);
	const [first = own, ...others] = typeof listed === "string" ? [] : listed;
	return {
		clientName,
		scheme: schemesOf(current.values).mqtt,
		ca: mqtt.ca === "" ? undefined : readTextFile(mqtt.ca, "ca in [core-mqtt]"),
		addresses: [first, ...others],
		sessionId,
		isRequest: (topic: string) => topic.startsWith(API_REQUESTS),
		username: mqtt.username,
		password: ownPassword(mqtt),
		dataQos,
		startTimeoutMs: BROKER_START_TIMEOUT_MS,
		stopTimeoutMs: STOP_TIMEOUT_MS,
		get maxUnsent() {
			return current.values["core-mqtt"]["max-unsent"];
		},
	};
}

/** The password of the server itself. @throws ConfigError when its file cannot be read, or is not UTF-8 text. */
export function ownPassword(mqtt: Values["values"]["core-mqtt"]): string {
	const file = mqtt["password-file"];
	return file === "" ? mqtt.password : firstLineOf(file, "password-file");
}

/**
 * A secret in a file of its own.
 * @param key Of `[core-mqtt]` that names it.
 * @throws ConfigError when the file cannot be read, or is not UTF-8 text.
 */
export function firstLineOf(path: string, key: string): string {
	return readTextFile(path, `${key} in [core-mqtt]`).replace(/\r?\n.*/s, "");
}
