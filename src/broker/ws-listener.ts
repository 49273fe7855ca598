import { ClientStream } from "./client-stream.ts";
import type { ClientListener, ListenerOptions } from "./listener.ts";
import { socketListener } from "./socket-listener.ts";
import { type WsRules, WsSession } from "./ws-session.ts";
import { WsSilence } from "./ws-silence.ts";

export interface WsListenerOptions extends ListenerOptions, WsRules {}

/**
 * MQTT over WebSocket: any path, binary frames, subprotocol `mqtt` (`csm.md §8`). On plain sockets, since
 * `Bun.serve` tells of a connection only when it has become a WebSocket: until then it would not be counted.
 */
export function wsListener(options: WsListenerOptions): ClientListener {
	const silence = new WsSilence();
	return socketListener<WsSession>(options, {
		what: "MQTT over WebSocket",
		setting: "port in [core-ws]",
		accept: (socket) => new WsSession(socket, options),
		begin: (session) => {
			silence.watch(session);
			session.stream = new ClientStream(session, options);
			options.onClient(session.stream);
		},
		closed: (session) => {
			silence.forget(session);
			session.closed();
		},
		failed: (session, error) => void session.stream?.destroy(error),
	});
}
