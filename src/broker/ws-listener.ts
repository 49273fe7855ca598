import type { Socket, TCPSocketListener } from "bun";
import { ListenError } from "../kit/mod.ts";
import { ClientStream } from "./client-stream.ts";
import { ClientListener, type ListenerOptions } from "./listener.ts";
import { type WsRules, WsSession } from "./ws-session.ts";
import { WsSilence } from "./ws-silence.ts";

export interface WsListenerOptions extends ListenerOptions, WsRules {}

type WsSocket = Socket<WsSession | undefined>;

/**
 * MQTT over WebSocket: any path, binary frames, subprotocol `mqtt` (`csm.md §8`). On plain sockets, since
 * `Bun.serve` tells of a connection only when it has become a WebSocket: until then it would not be counted.
 */
export function wsListener(options: WsListenerOptions): ClientListener {
	const silence = new WsSilence();
	return new ClientListener(options, (port) => listen(options, port, silence));
}

function listen(
	options: WsListenerOptions,
	port: number,
	silence: WsSilence,
): TCPSocketListener<WsSession | undefined> {
	const { host, tls } = options;
	try {
		return Bun.listen<WsSession | undefined>({
			hostname: host,
			port,
			...(tls !== undefined && { tls: tls() }),
			data: undefined,
			socket: {
				open: (socket) => {
					socket.setNoDelay(true);
					const session = new WsSession(socket, options);
					socket.data = session;
					silence.watch(session);
					session.stream = new ClientStream(session, options);
					options.onClient(session.stream);
				},
				// See tcpListener: it makes Bun tell of a connection when it is accepted.
				...(tls !== undefined && { handshake: onHandshake }),
				data: (socket, chunk) => socket.data?.receive(chunk),
				drain: (socket) => socket.data?.drained(),
				close: (socket) => {
					if (socket.data !== undefined) silence.forget(socket.data);
					socket.data?.closed();
				},
				error: (socket, error) => void socket.data?.stream?.destroy(error),
			},
		});
	} catch (error) {
		throw new ListenError("MQTT over WebSocket", host, port, "port in [core-ws]", error);
	}
}

function onHandshake(socket: WsSocket, isDone: boolean, error: Error | null): void {
	if (isDone) return;
	const reason = error?.message ?? "it was cut short";
	socket.data?.stream?.destroy(new Error(`TLS handshake failed: ${reason}`));
}
