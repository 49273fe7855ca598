import type { ClientStream, ClientStreamOptions } from "./client-stream.ts";

export interface ListenerOptions extends ClientStreamOptions {
	host: string;
	/** 0 takes any free port. */
	port: number;
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
	/** Closes the door and every connection. */
	stop(): void;
}
