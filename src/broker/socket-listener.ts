import type { Socket } from "bun";
import { ListenError } from "../kit/mod.ts";
import { ClientListener, type ListenerOptions } from "./listener.ts";

/** What the events of accepted sockets are handed to. */
export interface Sockets<S extends Session> {
	/** What is listened for, and the setting of its port; both for {@link ListenError}. */
	readonly what: string;
	readonly setting: string;
	/** A connection was accepted, encrypted or not yet. */
	accept(socket: Socket<S | undefined>): S;
	/** The socket's events reach the session now: it may be refused, and closed at once. */
	begin(session: S): void;
	closed(session: S): void;
	failed(session: S, error: Error): void;
}

interface Session {
	/** Bytes arrived. */
	receive(chunk: Buffer): void;
	/** The socket takes data again. */
	drained(): void;
}

/** Listens on sockets of Bun. */
export function socketListener<S extends Session>(
	options: ListenerOptions,
	sockets: Sockets<S>,
): ClientListener {
	const { host, tls } = options;
	/** @param error Names also what is wrong with a client's certificate, which was not asked for. */
	const handshake = (socket: Socket<S | undefined>, isDone: boolean, error: Error | null) => {
		if (isDone || socket.data === undefined) return;
		const reason = error?.message ?? "it was cut short";
		sockets.failed(socket.data, new Error(`TLS handshake failed: ${reason}`));
	};
	return new ClientListener(options, (port) => {
		try {
			return Bun.listen<S | undefined>({
				hostname: host,
				port,
				...(tls !== undefined && { tls: tls() }),
				data: undefined,
				socket: {
					open: (socket) => {
						socket.setNoDelay(true);
						const session = sockets.accept(socket);
						socket.data = session;
						sockets.begin(session);
					},
					// With this handler Bun opens a socket when it is accepted, without it only after the handshake:
					// until then it would be neither counted nor timed.
					...(tls !== undefined && { handshake }),
					data: (socket, chunk) => socket.data?.receive(chunk),
					drain: (socket) => socket.data?.drained(),
					close: (socket) => {
						if (socket.data !== undefined) sockets.closed(socket.data);
					},
					error: (socket, error) => {
						if (socket.data !== undefined) sockets.failed(socket.data, error);
					},
				},
			});
		} catch (error) {
			throw new ListenError(sockets.what, host, port, sockets.setting, error);
		}
	});
}
