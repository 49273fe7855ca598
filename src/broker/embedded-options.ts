import type { TlsKeys } from "../tls/mod.ts";
import type { AdmissionOptions } from "./admission.ts";
import type { SessionLimits } from "./memory-persistence.ts";
import type { RetainedOptions } from "./retained.ts";
import type { SubscriptionLimitsOptions } from "./subscription-limits.ts";

export interface EmbeddedBrokerOptions {
	/** Address both listeners bind to. */
	bind: string;
	/** MQTT over TCP; 0 takes any free port. */
	port: number;
	/** MQTT over WebSocket; 0 takes any free port. */
	wsPort: number;
	/** The current certificate, for each listener that encrypts. */
	tls: { mqtt: (() => TlsKeys) | undefined; ws: (() => TlsKeys) | undefined };
	/** Largest incoming packet, bytes. */
	maxPacketBytes: number;
	/** Bytes held for one client, in each direction, before it is disconnected. */
	maxClientQueueBytes: number;
	/** Time a connection gets to send CONNECT. */
	connectTimeoutMs: number;
	/** Time clients get to leave at stop, milliseconds. */
	stopTimeoutMs: number;
	admission: AdmissionOptions;
	subscriptions: SubscriptionLimitsOptions;
	sessions: SessionLimits;
	retained: RetainedOptions;
}
