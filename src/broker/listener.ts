import type { TlsKeys } from "../tls/mod.ts";
import type { ClientStream, ClientStreamOptions } from "./client-stream.ts";

export interface ListenerOptions extends ClientStreamOptions {
	host: string;
	/** 0 takes any free port. */
	port: number;
	/** The certificate of now; undefined: nothing is encrypted. */
	tls: (() => TlsKeys) | undefined;
	/** Time a connection gets until it is one of MQTT. */
	connectTimeoutMs: number;
	onClient: (stream: ClientStream) => void;
}

/** A door clients come through. */
export interface Listener {
	/** The port in use once started. */
	readonly port: number;
	/** @throws ListenError when the port cannot be had. */
	start(): void;
	/** Closes the door and leaves those inside. */
	stopAccepting(): void;
	/** Takes no more connections until it is told to again. */
	pause(): void;
	/** @throws ListenError */
	resume(): void;
	/** Opens the door anew with the certificate of now and leaves those inside. @throws ListenError */
	renew(): void;
	/** Closes the door and every connection. */
	stop(): void;
}
