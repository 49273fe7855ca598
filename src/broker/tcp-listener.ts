import type { Socket, TCPSocketListener } from "bun";
import { ListenError } from "../errors.ts";
import { ClientStream } from "./client-stream.ts";
import type { Listener, ListenerOptions } from "./listener.ts";

type ClientSocket = Socket<ClientStream | undefined>;

/** Silence after which the system asks whether the other side is still there. */
const PROBE_AFTER_MS = 60_000;

/** MQTT over TCP. */
export class TcpListener implements Listener {
	readonly #options: ListenerOptions;
	#server: TCPSocketListener<ClientStream | undefined> | undefined;
	/** Closed doors with people still inside. */
	readonly #former: TCPSocketListener<ClientStream | undefined>[] = [];

	constructor(options: ListenerOptions) {
		this.#options = options;
	}

	get port(): number {
		return this.#server?.port ?? this.#options.port;
	}

	start(): void {
		this.#listen(this.#options.port);
	}

	stopAccepting(): void {
		this.#server?.stop(false);
	}

	renew(): void {
		if (this.#server === undefined || this.#options.tls === undefined) return;
		const former = this.#server;
		// A server that was stopped has forgotten its port.
		const { port } = this;
		former.stop(false);
		this.#former.push(former);
		this.#listen(port);
	}

	stop(): void {
		for (const server of [...this.#former.splice(0), this.#server]) server?.stop(true);
		this.#server = undefined;
	}

	#listen(port: number): void {
		const { host, tls, onClient } = this.#options;
		try {
			this.#server = Bun.listen<ClientStream | undefined>({
				hostname: host,
				port,
				...(tls !== undefined && { tls: tls() }),
				data: undefined,
				socket: {
					open: (socket) => {
						socket.setNoDelay(true);
						// A client without keep-alive whose network is gone would hold its place for ever.
						socket.setKeepAlive(true, PROBE_AFTER_MS);
						const stream = new ClientStream(wireOf(socket), this.#options);
						socket.data = stream;
						onClient(stream);
					},
					data: (socket, chunk) => socket.data?.receive(chunk),
					drain: (socket) => socket.data?.drained(),
					close: (socket) => socket.data?.wireClosed(),
					error: (socket, error) => void socket.data?.destroy(error),
				},
			});
		} catch (error) {
			throw new ListenError("MQTT", host, port, "port in [core-mqtt]", error);
		}
	}
}

function wireOf(socket: ClientSocket) {
	return {
		// A connection that is gone already has none.
		remoteAddress: socket.remoteAddress ?? "",
		write: (data: Uint8Array) => socket.write(data),
		pause: () => socket.pause(),
		resume: () => socket.resume(),
		end: () => void socket.end(),
		terminate: () => socket.terminate(),
	};
}
