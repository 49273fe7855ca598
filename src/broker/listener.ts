import { RenewableListener, type TlsKeys } from "../tls/mod.ts";
import type { ClientStream, ClientStreamOptions } from "./client-stream.ts";

export interface ListenerOptions extends ClientStreamOptions {
	host: string;
	/** 0 takes any free port. */
	port: number;
	/** The current certificate; undefined: nothing is encrypted. */
	tls: (() => TlsKeys) | undefined;
	/** Time a connection gets until it is one of MQTT. */
	connectTimeoutMs: number;
	onClient: (stream: ClientStream) => void;
}

/** What `Bun.listen` gives. */
interface Listening {
	readonly port: number;
	stop(closesAll?: boolean): void;
}

/** Accepts MQTT clients on a port, over TCP or WebSocket. */
export class ClientListener {
	readonly #options: ListenerOptions;
	readonly #listener: RenewableListener<Listening>;

	/** @param listen Begins to listen on a port; throws ListenError when it cannot be used. */
	constructor(options: ListenerOptions, listen: (port: number) => Listening) {
		this.#options = options;
		this.#listener = new RenewableListener(listen);
	}

	/** The port in use once started. */
	get port(): number {
		return this.#listener.port ?? this.#options.port;
	}

	/** @throws ListenError when the port cannot be used. */
	start(): void {
		this.#listener.open(this.#options.port);
	}

	/** Accepts no more connections; those that are open stay. */
	stopAccepting(): void {
		void this.#listener.stopAccepting();
	}

	/** Accepts no more connections until it is told to again. */
	pause(): void {
		this.#listener.pause();
	}

	/** @throws ListenError */
	resume(): void {
		this.#listener.resume();
	}

	/** Listens with the current certificate from now on; connections that are open stay. @throws ListenError */
	renew(): void {
		if (this.#options.tls !== undefined) this.#listener.renew();
	}

	/** Closes the port and every connection. */
	stop(): void {
		void this.#listener.close();
	}
}
