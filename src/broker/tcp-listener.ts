import type { Socket, TCPSocketListener } from "bun";
import { ListenError } from "../kit/mod.ts";
import { RenewableListener } from "../tls/mod.ts";
import { ClientStream } from "./client-stream.ts";
import type { Listener, ListenerOptions } from "./listener.ts";

type ClientSocket = Socket<ClientStream | undefined>;

/** Silence after which the system asks whether the other side is still there. */
const PROBE_AFTER_MS = 60_000;

/** MQTT over TCP. */
export class TcpListener implements Listener {
	readonly #options: ListenerOptions;
	readonly #door: RenewableListener<TCPSocketListener<ClientStream | undefined>>;

	constructor(options: ListenerOptions) {
		this.#options = options;
		this.#door = new RenewableListener((port) => this.#listen(port));
	}

	get port(): number {
		return this.#door.port ?? this.#options.port;
	}

	start(): void {
		this.#door.open(this.#options.port);
	}

	stopAccepting(): void {
		void this.#door.stopAccepting();
	}

	pause(): void {
		this.#door.pause();
	}

	resume(): void {
		this.#door.resume();
	}

	renew(): void {
		if (this.#options.tls !== undefined) this.#door.renew();
	}

	stop(): void {
		void this.#door.close();
	}

	#listen(port: number): TCPSocketListener<ClientStream | undefined> {
		const { host, tls, onClient } = this.#options;
		try {
			return Bun.listen<ClientStream | undefined>({
				hostname: host,
				port,
				...(tls !== undefined && { tls: tls() }),
				data: undefined,
				socket: {
					open: (socket) => {
						socket.setNoDelay(true);
						// A client without keep-alive whose network is gone would hold its place for ever.
						socket.setKeepAlive(true, PROBE_AFTER_MS);
						const stream = new ClientStream(wireOf(socket, tls !== undefined), this.#options);
						socket.data = stream;
						onClient(stream);
					},
					// With this handler Bun opens a socket when it is accepted, without it only after the handshake:
					// until then nobody would count or time it.
					...(tls !== undefined && { handshake: onHandshake }),
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

/** @param error Names also what is wrong with a client's certificate, which nobody asked for. */
function onHandshake(socket: ClientSocket, isDone: boolean, error: Error | null): void {
	if (isDone) return;
	socket.data?.destroy(new Error(`TLS handshake failed: ${error?.message ?? "it was cut short"}`));
}

function wireOf(socket: ClientSocket, isEncrypted: boolean) {
	return {
		// TLS has a goodbye of its own, which Bun waits for.
		lingers: isEncrypted,
		// A connection that is gone already has none.
		remoteAddress: socket.remoteAddress ?? "",
		// Bun gives back what the socket does not take.
		bufferedBytes: 0,
		write: (data: Uint8Array) => socket.write(data),
		pause: () => socket.pause(),
		resume: () => socket.resume(),
		end: () => void socket.end(),
		terminate: () => socket.terminate(),
	};
}
