import type { EmbeddedBrokerOptions } from "../broker/mod.ts";
import { API_REQUESTS, isProtocolTopic } from "../contract/mod.ts";
import { descriptorLimit, roomForClients } from "../daemon/mod.ts";
import { encryptionOf } from "../settings/mod.ts";
import { type Keys, STOP_TIMEOUT_MS } from "./core-options.ts";
import type { Values } from "./current-config.ts";

export function embeddedBrokerOptions(current: Values, keys: Keys): EmbeddedBrokerOptions {
	const encrypted = encryptionOf(current.values);
	const { core, "core-mqtt": mqtt, "core-ws": ws } = current.values;
	return {
		bind: core.bind,
		port: mqtt.port,
		wsPort: ws.port,
		tls: {
			mqtt: encrypted.mqtt ? keys : undefined,
			ws: encrypted.ws ? keys : undefined,
		},
		maxPacketBytes: mqtt["max-packet"],
		maxClientQueueBytes: mqtt["max-client-queue"],
		connectTimeoutMs: mqtt["connect-timeout"] * 1000,
		stopTimeoutMs: STOP_TIMEOUT_MS,
		...limits(() => current.values["core-mqtt"]),
	};
}

type Limits = "admission" | "subscriptions" | "sessions" | "retained";

/** What a reload may change. */
function limits(now: () => Values["values"]["core-mqtt"]): Pick<EmbeddedBrokerOptions, Limits> {
	const descriptors = descriptorLimit();
	return {
		admission: {
			get maxClients() {
				return roomForClients(now()["max-clients"], descriptors);
			},
			get maxPerAddress() {
				return now()["max-clients-per-address"];
			},
			get maxConnecting() {
				return now()["max-connecting"];
			},
			get perSecond() {
				return now()["connects-per-second"];
			},
		},
		subscriptions: {
			get maxPerClient() {
				return now()["max-subscriptions"];
			},
			get maxWildcards() {
				return now()["max-wildcards"];
			},
			get maxTotal() {
				return now()["max-subscriptions-total"];
			},
		},
		sessions: {
			get maxSessions() {
				return now()["max-sessions"];
			},
			get maxQueued() {
				return now()["max-queued"];
			},
			get maxQueuedBytes() {
				return now()["max-queued-bytes"];
			},
		},
		retained: {
			// A request is carried out when it comes, not when a client subscribes (`csm.md §4.1`).
			isRetained: (topic: string) => !topic.startsWith(API_REQUESTS),
			// Presence changes often and is sent again by every device; data is not to be sent twice.
			isKept: (topic: string) => !isProtocolTopic(topic),
			get maxMessages() {
				return now()["max-retained"];
			},
			get maxBytes() {
				return now()["max-retained-bytes"];
			},
		},
	};
}

/** Says that there are fewer descriptors than clients allowed; undefined when there are enough. */
export function clientsCaution({ values }: Values): string | undefined {
	const { broker, "max-clients": wanted } = values["core-mqtt"];
	const descriptors = descriptorLimit();
	const room = roomForClients(wanted, descriptors);
	if (broker === "external" || room === wanted) return undefined;
	return `room for ${room} MQTT clients, not for max-clients = ${wanted}: the process may have ${descriptors} files open; raise that with ulimit -n, or LimitNOFILE of the service`;
}
