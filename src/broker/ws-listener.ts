import type { Server, ServerWebSocket } from "bun";
import { ListenError } from "../errors.ts";
import { Door } from "../tls/door.ts";
import { ClientStream } from "./client-stream.ts";
import type { Listener, ListenerOptions } from "./listener.ts";

/** Decides whether a WebSocket may be opened, and by whom. */
export type WsGate = (request: Request) => {
	/** Why not; undefined: it may. */
	readonly refusal: string | undefined;
	/** Whether a page of another origin asks, which needs the login of a device. */
	readonly isForeignPage: boolean;
};

export interface WsListenerOptions extends ListenerOptions {
	readonly gate: WsGate;
	/** Told of each one that may not. */
	readonly onRefused: (reason: string, address: string) => void;
}

interface Session {
	remoteAddress: string;
	isForeignPage: boolean;
	stream: ClientStream | undefined;
}

const IDLE_TIMEOUT_SECONDS = 120;
/** Bun takes no more. */
const MAX_IDLE_SECONDS = 255;
const SUBPROTOCOLS = ["mqtt", "mqttv3.1"];

/** MQTT over WebSocket: any path, binary frames, subprotocol `mqtt` (`csm.md §8`). */
export class WsListener implements Listener {
	readonly #options: WsListenerOptions;
	readonly #door: Door<Server<Session>>;

	constructor(options: WsListenerOptions) {
		this.#options = options;
		this.#door = new Door((port) => this.#listen(port));
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

	#listen(port: number): Server<Session> {
		const { host, tls, maxPacketBytes, maxQueueBytes, connectTimeoutMs } = this.#options;
		try {
			return Bun.serve<Session>({
				hostname: host,
				port,
				...(tls !== undefined && { tls: tls() }),
				development: false,
				// Of connections that have not become a WebSocket yet; Bun looks every four seconds.
				idleTimeout: Math.min(MAX_IDLE_SECONDS, Math.ceil(connectTimeoutMs / 1000)),
				fetch: (request, server) => upgrade(request, server, this.#options),
				websocket: {
					perMessageDeflate: false,
					// Bun asks a silent client with a ping, which browsers answer by themselves.
					idleTimeout: IDLE_TIMEOUT_SECONDS,
					sendPings: true,
					// A frame may hold several packets, so the packet guard sets the limit that counts.
					maxPayloadLength: maxPacketBytes + (1 << 16),
					backpressureLimit: maxQueueBytes,
					closeOnBackpressureLimit: true,
					open: (ws) => this.#open(ws),
					message: (ws, data) => {
						if (typeof data === "string") ws.close(1003, "binary frames only");
						else
							ws.data.stream?.receive(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
					},
					drain: (ws) => ws.data.stream?.drained(),
					close: (ws) => ws.data.stream?.wireClosed(),
				},
			});
		} catch (error) {
			throw new ListenError("MQTT over WebSocket", host, port, "port in [core-ws]", error);
		}
	}

	#open(ws: ServerWebSocket<Session>): void {
		const stream = new ClientStream(wireOf(ws), this.#options);
		ws.data.stream = stream;
		this.#options.onClient(stream);
	}
}

function upgrade(
	request: Request,
	server: Server<Session>,
	{ gate, onRefused }: WsListenerOptions,
): Response | undefined {
	const { refusal, isForeignPage } = gate(request);
	const remoteAddress = server.requestIP(request)?.address ?? "";
	if (refusal !== undefined) {
		onRefused(refusal, remoteAddress);
		return new Response(`${refusal}\n`, { status: 403 });
	}
	const offered = (request.headers.get("sec-websocket-protocol") ?? "")
		.split(",")
		.map((name) => name.trim());
	const chosen = SUBPROTOCOLS.find((name) => offered.includes(name));
	const upgraded = server.upgrade(request, {
		data: { remoteAddress, isForeignPage, stream: undefined },
		headers: chosen === undefined ? {} : { "Sec-WebSocket-Protocol": chosen },
	});
	if (upgraded) return undefined;
	return new Response("This port speaks MQTT over WebSocket.\n", { status: 426 });
}

function wireOf(ws: ServerWebSocket<Session>) {
	return {
		remoteAddress: ws.data.remoteAddress,
		lingers: true,
		isForeignPage: ws.data.isForeignPage,
		get bufferedBytes() {
			return ws.getBufferedAmount();
		},
		// Bun keeps what the socket cannot take and closes the client at backpressureLimit.
		write: (data: Uint8Array) => (ws.sendBinary(data) === 0 ? -1 : data.length),
		pause: () => {},
		resume: () => {},
		end: () => ws.close(),
		terminate: () => ws.terminate(),
	};
}
