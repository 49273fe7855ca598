import type { Socket, TCPSocketListener } from "bun";
import { ListenError } from "../kit/mod.ts";
import { RenewableListener } from "../tls/mod.ts";
import { ClientStream } from "./client-stream.ts";
import type { Listener, ListenerOptions } from "./listener.ts";
import { type WsRules, WsSession } from "./ws-session.ts";

export interface WsListenerOptions extends ListenerOptions, WsRules {}

type WsSocket = Socket<WsSession | undefined>;

/** So often silent connections are looked for. */
const LOOK_EVERY_MS = 30_000;
/** After this silence a client is asked with a ping, and after the other it is gone. */
const ASK_AFTER_MS = 60_000;
const GONE_AFTER_MS = 120_000;

/**
 * MQTT over WebSocket: any path, binary frames, subprotocol `mqtt` (`csm.md §8`). On plain sockets, since
 * `Bun.serve` tells of a connection only when it has become a WebSocket: until then nobody would count it.
 */
export class WsListener implements Listener {
	readonly #options: WsListenerOptions;
	readonly #door: RenewableListener<TCPSocketListener<WsSession | undefined>>;
	readonly #sessions = new Set<WsSession>();
	#look: Timer | undefined;

	constructor(options: WsListenerOptions) {
		this.#options = options;
		this.#door = new RenewableListener((port) => this.#listen(port));
	}

	get port(): number {
		return this.#door.port ?? this.#options.port;
	}

	start(): void {
		this.#door.open(this.#options.port);
		this.#look = setInterval(() => this.#lookForSilent(), LOOK_EVERY_MS);
		this.#look.unref();
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
		clearInterval(this.#look);
		void this.#door.close();
	}

	#listen(port: number): TCPSocketListener<WsSession | undefined> {
		const { host, tls } = this.#options;
		try {
			return Bun.listen<WsSession | undefined>({
				hostname: host,
				port,
				...(tls !== undefined && { tls: tls() }),
				data: undefined,
				socket: {
					open: (socket) => this.#open(socket),
					// See TcpListener: it makes Bun tell of a connection when it is accepted.
					...(tls !== undefined && { handshake: onHandshake }),
					data: (socket, chunk) => socket.data?.receive(chunk),
					drain: (socket) => socket.data?.drained(),
					close: (socket) => {
						if (socket.data !== undefined) this.#sessions.delete(socket.data);
						socket.data?.closed();
					},
					error: (socket, error) => void socket.data?.stream?.destroy(error),
				},
			});
		} catch (error) {
			throw new ListenError("MQTT over WebSocket", host, port, "port in [core-ws]", error);
		}
	}

	#open(socket: WsSocket): void {
		socket.setNoDelay(true);
		const session = new WsSession(socket, this.#options);
		socket.data = session;
		this.#sessions.add(session);
		session.stream = new ClientStream(session, this.#options);
		this.#options.onClient(session.stream);
	}

	#lookForSilent(): void {
		const now = performance.now();
		for (const session of this.#sessions) {
			const silence = now - session.heardAt;
			if (silence > GONE_AFTER_MS) session.stream?.destroy(new Error("it does not answer pings"));
			else if (silence > ASK_AFTER_MS) session.ping();
		}
	}
}

function onHandshake(socket: WsSocket, isDone: boolean, error: Error | null): void {
	if (isDone) return;
	const reason = error?.message ?? "it was cut short";
	socket.data?.stream?.destroy(new Error(`TLS handshake failed: ${reason}`));
}
