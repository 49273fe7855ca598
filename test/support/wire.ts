// A wire between two programs that can be cut without either being told, as a network that goes away.
import { connect, createServer, type Server, type Socket } from "node:net";

/** Forwards TCP connections to a port of this machine for as long as it is whole. */
export class Wire {
	readonly #sockets = new Set<Socket>();
	#isCut = false;

	private constructor(
		readonly port: number,
		readonly server: Server,
	) {}

	static async to(port: number): Promise<Wire> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const address = server.address();
		const own = typeof address === "object" && address !== null ? address.port : 0;
		const wire = new Wire(own, server);
		server.on("connection", (near) => wire.#join(near, port));
		return wire;
	}

	/** Nothing goes through any more, and neither side is told. */
	cut(): void {
		this.#isCut = true;
	}

	/** New connections go through again; old ones have had too much lost on them. */
	mend(): void {
		this.#isCut = false;
	}

	close(): void {
		this.server.close();
		for (const socket of this.#sockets) socket.destroy();
	}

	#join(near: Socket, port: number): void {
		const far = connect(port, "127.0.0.1");
		let isCut = this.#isCut;
		for (const [from, to] of [
			[near, far],
			[far, near],
		] as const) {
			this.#sockets.add(from);
			from.on("data", (chunk) => {
				isCut ||= this.#isCut;
				if (!isCut) to.write(chunk);
			});
			from.on("error", () => {});
			from.on("close", () => {
				this.#sockets.delete(from);
				if (!isCut && !this.#isCut) to.end();
			});
		}
	}
}
