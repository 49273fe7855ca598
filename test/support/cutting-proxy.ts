// Stands between a server and its PostgreSQL, and cuts them off from each other.
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";

/** In the request, and in the answer that it took place. */
const COMMIT = "COMMIT\0";

export class CuttingProxy {
	/**
	 * At the next commit: it passes it on and keeps the answer, or keeps the commit itself; or does that too and leaves the
	 * connection to the database open, as a machine that has lost its power does.
	 */
	cutAtCommit: "after" | "instead" | "unnoticed" | undefined;
	/** Whether no connection is let through from the cut on. */
	isClosed = false;
	#isCut = false;
	readonly #sockets = new Set<Socket>();

	private constructor(
		readonly server: Server,
		readonly port: number,
	) {}

	static async start(behind: number): Promise<CuttingProxy> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const address = server.address();
		const between = new CuttingProxy(
			server,
			typeof address === "object" ? (address?.port ?? 0) : 0,
		);
		server.on("connection", (socket) => between.#pass(socket, behind));
		return between;
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise((resolve) => this.server.close(resolve));
	}

	#pass(socket: Socket, behind: number): void {
		if (this.isClosed && this.#isCut) {
			socket.destroy();
			return;
		}
		const further = connectTo(behind, "127.0.0.1");
		let isMute = false;
		let isLeftOpen = false;
		for (const one of [socket, further]) {
			this.#sockets.add(one);
			one.on("error", () => {});
			one.on("close", () => this.#sockets.delete(one));
		}
		socket.on("data", (bytes: Buffer) => {
			const isCommit = bytes.includes(COMMIT);
			if (isCommit && this.cutAtCommit !== undefined) {
				const isPassedOn = this.cutAtCommit === "after";
				isMute = true;
				this.#isCut = true;
				isLeftOpen = this.cutAtCommit === "unnoticed";
				this.cutAtCommit = undefined;
				const cut = () => {
					if (!isLeftOpen) further.end();
					socket.destroy();
				};
				if (!isPassedOn) return cut();
				further.on("data", (answer: Buffer) => {
					if (answer.includes(COMMIT)) cut();
				});
				further.write(bytes);
				return;
			}
			if (!isMute) further.write(bytes);
		});
		further.on("data", (bytes) => {
			if (!isMute) socket.write(bytes);
		});
		further.on("close", () => socket.destroy());
		socket.on("close", () => {
			if (!isLeftOpen) further.end();
		});
	}
}
