import type { Socket, TCPSocketListener } from "bun";
import { ListenError } from "../kit/mod.ts";
import { ClientStream } from "./client-stream.ts";
import { ClientListener, type ListenerOptions } from "./listener.ts";
import type { Wire } from "./wire.ts";

type ClientSocket = Socket<ClientStream | undefined>;

/** Silence after which the system asks whether the other side is still there. */
const PROBE_AFTER_MS = 60_000;

/** MQTT over TCP. */
export function tcpListener(options: ListenerOptions): ClientListener {
	return new ClientListener(options, (port) => listen(options, port));
}

function listen(
	options: ListenerOptions,
	port: number,
): TCPSocketListener<ClientStream | undefined> {
	const { host, tls, onClient } = options;
	try {
		return Bun.listen<ClientStream | undefined>({
			hostname: host,
			port,
			...(tls !== undefined && { tls: tls() }),
			data: undefined,
			socket: {
				open: (socket) => {
					socket.setNoDelay(true);
					// A client without keep-alive whose network is gone would hold its place forever.
					socket.setKeepAlive(true, PROBE_AFTER_MS);
					const stream = new ClientStream(wireOf(socket, tls !== undefined), options);
					socket.data = stream;
					onClient(stream);
				},
				// With this handler Bun opens a socket when it is accepted, without it only after the handshake:
				// until then it would be neither counted nor timed.
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

/** @param error Names also what is wrong with a client's certificate, which was not asked for. */
function onHandshake(socket: ClientSocket, isDone: boolean, error: Error | null): void {
	if (isDone) return;
	socket.data?.destroy(new Error(`TLS handshake failed: ${error?.message ?? "it was cut short"}`));
}

function wireOf(socket: ClientSocket, isEncrypted: boolean): Wire {
	return {
		// TLS has a closing alert, which Bun waits for.
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
