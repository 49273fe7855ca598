// Stands between a program and a server, and is the cable that is pulled out and put back.
import { connect, createServer, type Server, type Socket } from "node:net";

export class TcpProxy {
	readonly #server: Server;
	readonly #behind: number;
	/** Both ends of each connection. */
	readonly #pairs = new Set<readonly [Socket, Socket]>();
	#cut: "closed" | "silent" | undefined;

	private constructor(server: Server, behind: number) {
		this.#server = server;
		this.#behind = behind;
	}

	/** @param behind Port of the server on this machine. */
	static async start(behind: number): Promise<TcpProxy> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const proxy = new TcpProxy(server, behind);
		server.on("connection", (socket) => proxy.#pass(socket));
		return proxy;
	}

	get port(): number {
		const address = this.#server.address();
		return typeof address === "object" ? (address?.port ?? 0) : 0;
	}

	/** From now on nothing passes. @param how `silent`: neither side is told, as when packets are lost on their way. */
	cut(how: "closed" | "silent"): void {
		this.#cut = how;
		for (const pair of this.#pairs) {
			for (const socket of pair) {
				if (how === "closed") socket.destroy();
				else socket.pause();
			}
		}
	}

	/** Lets new connections through; those that were cut end, as the network says when it is back. */
	mend(): void {
		this.#cut = undefined;
		for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
	}

	async stop(): Promise<void> {
		for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#pass(socket: Socket): void {
		if (this.#cut === "closed") {
			socket.destroy();
			return;
		}
		const further = connect(this.#behind, "127.0.0.1");
		const pair = [socket, further] as const;
		this.#pairs.add(pair);
		for (const [from, to] of [pair, [further, socket]] as const) {
			from.setNoDelay(true);
			from.on("data", (bytes: Buffer) => to.write(bytes));
			from.on("error", () => {});
			from.on("close", () => {
				this.#pairs.delete(pair);
				to.destroy();
			});
			if (this.#cut === "silent") from.pause();
		}
	}
}
