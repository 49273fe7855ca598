import type { HostPort } from "./address-turns.ts";
import type { Qos } from "./port.ts";

/** A client of which there is one: the broker disconnects the program that was it before. */
export interface SingleClient {
	readonly clientId: string;
	/** Whether it may connect again after its connection was lost; it is asked again when it rejects. */
	readonly mayReturn: () => Promise<boolean>;
}

export interface ExternalBrokerOptions {
	/** Begins the client id of its connection. */
	clientName: string;
	scheme: "mqtt" | "mqtts";
	/** PEM of the authority that signed its certificate; undefined: one the system knows. */
	ca: string | undefined;
	/** Where it may be, tried in turn. */
	addresses: readonly [HostPort, ...HostPort[]];
	/** Login at the broker; empty for none. */
	username: string;
	password: string;
	/** Names the session the broker keeps for requests, 16 letters and digits; undefined: it keeps none. */
	sessionId: string | undefined;
	/** Work that one program does at a time; undefined: anyone may be connected besides. */
	single?: SingleClient | undefined;
	/** Whether a filter or topic is one of requests. */
	isRequest: (topic: string) => boolean;
	/** Messages held while the broker cannot be reached. */
	maxUnsent: number;
	/** How long `start` waits for the broker before it goes on without. */
	startTimeoutMs: number;
	/** The highest QoS that is of use for data; with 0 the broker keeps no session for it. Undefined: there is no data. */
	dataQos: Qos | undefined;
	/** Time the last messages get at stop. */
	stopTimeoutMs: number;
}
