import type { Socket } from "bun";
import { ClientStream } from "./client-stream.ts";
import type { ClientListener, ListenerOptions } from "./listener.ts";
import { socketListener } from "./socket-listener.ts";
import type { Wire } from "./wire.ts";

/** Silence after which the system asks whether the other side is still there. */
const PROBE_AFTER_MS = 60_000;

/** MQTT over TCP. */
export function tcpListener(options: ListenerOptions): ClientListener {
	return socketListener<ClientStream>(options, {
		what: "MQTT",
		setting: "port in [core-mqtt]",
		accept: (socket) => {
			// A client without keep-alive whose network is gone would hold its place forever.
			socket.setKeepAlive(true, PROBE_AFTER_MS);
			return new ClientStream(wireOf(socket, options.tls !== undefined), options);
		},
		begin: options.onClient,
		closed: (stream) => stream.wireClosed(),
		failed: (stream, error) => void stream.destroy(error),
	});
}

function wireOf(socket: Socket<ClientStream | undefined>, isEncrypted: boolean): Wire {
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
