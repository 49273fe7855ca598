import type { Socket, TCPSocketListener } from "bun";
import { BodyMemory } from "../../http/mod.ts";
import { type Clock, groupOf, ListenError, type Logger } from "../../kit/mod.ts";
import { type Answer, OldConnection, type Wire } from "./connection.ts";
import { bytesOf, refusal } from "./replies.ts";

export interface OldListenerOptions {
	readonly bind: string;
	/** 0: any that is free. */
	readonly port: number;
}

export interface OldListenerDeps {
	readonly answer: Answer;
	readonly clock: Clock;
	readonly log: Logger;
}

/** A class behind one address, with browsers that open six connections each. */
const MAX_PER_ADDRESS = 256;
const MAX_CONNECTIONS = 1000;
/** Time a refused client has to take the reason. */
const REFUSED_MS = 1000;

type Client = Socket<OldConnection | undefined>;

/** Of large bodies that arrive at once: who sends one is not known before it is whole. */
const MAX_LARGE_BODIES_BYTES = 16 << 20;

/** Listens for clients of the older protocol. */
export class OldListener {
	readonly #options: OldListenerOptions;
	readonly #deps: OldListenerDeps;
	readonly #connections = new Map<OldConnection, string>();
	readonly #perAddress = new Map<string, number>();
	readonly #memory = new BodyMemory(MAX_LARGE_BODIES_BYTES);
	#listener: TCPSocketListener<OldConnection | undefined> | undefined;

	constructor(options: OldListenerOptions, deps: OldListenerDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	/** The port in use. */
	get port(): number {
		return this.#listener?.port ?? this.#options.port;
	}

	/** @throws ListenError when the port is not available. */
	start(): void {
		const { bind, port } = this.#options;
		try {
			this.#listener = Bun.listen<OldConnection | undefined>({
				hostname: bind,
				port,
				// A client that closes its side behind the request waits for the answer on the other.
				allowHalfOpen: true,
				data: undefined,
				socket: {
					open: (socket) => this.#welcome(socket),
					data: (socket, chunk) => socket.data?.receive(chunk),
					drain: (socket) => socket.data?.drained(),
					end: (socket) => socket.data?.finish(),
					close: (socket) => this.#closed(socket.data),
					error: (socket) => socket.data?.close(),
				},
			});
		} catch (error) {
			throw new ListenError("the older protocol", bind, port, "port in [v1]", error);
		}
	}

	/** Takes no more connections and requests; what is being answered is answered. */
	finish(): void {
		this.#listener?.stop();
		for (const connection of this.#connections.keys()) connection.finish();
	}

	stop(): void {
		this.#listener?.stop(true);
		for (const connection of [...this.#connections.keys()]) connection.close();
	}

	#welcome(socket: Client): void {
		socket.setNoDelay(true);
		const wire = wireOf(socket);
		const group = groupOf(wire.remoteAddress);
		const count = this.#perAddress.get(group) ?? 0;
		if (count >= MAX_PER_ADDRESS || this.#connections.size >= MAX_CONNECTIONS) {
			const reason = `more than ${count >= MAX_PER_ADDRESS ? `${MAX_PER_ADDRESS} connections of one address` : `${MAX_CONNECTIONS} connections`}`;
			this.#deps.log.warn("connection refused", { reason, address: wire.remoteAddress });
			wire.write(bytesOf(refusal(429, reason), false));
			wire.end();
			// A client that keeps its side open is not waited for.
			this.#deps.clock.after(REFUSED_MS, () => wire.terminate());
			return;
		}
		const connection = new OldConnection(wire, { ...this.#deps, memory: this.#memory });
		socket.data = connection;
		this.#connections.set(connection, group);
		this.#perAddress.set(group, count + 1);
	}

	#closed(connection: OldConnection | undefined): void {
		const group = connection && this.#connections.get(connection);
		if (connection === undefined || group === undefined) return;
		this.#connections.delete(connection);
		const left = (this.#perAddress.get(group) ?? 1) - 1;
		if (left > 0) this.#perAddress.set(group, left);
		else this.#perAddress.delete(group);
		connection.close();
	}
}

function wireOf(socket: Client): Wire {
	return {
		// A connection that is gone already has none.
		remoteAddress: socket.remoteAddress ?? "",
		localAddress: socket.localAddress ?? "",
		write: (bytes) => socket.write(bytes),
		end: () => void socket.end(),
		terminate: () => socket.terminate(),
		pause: () => socket.pause(),
		resume: () => socket.resume(),
	};
}
