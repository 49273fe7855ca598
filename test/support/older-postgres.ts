// Stands in front of a PostgreSQL and makes it look like an older one, which the machine does not have.
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";

/** An older PostgreSQL, as far as our start can tell it from the one behind. */
export interface OlderVersion {
	/** Such as `12.22`. */
	readonly name: string;
	/** The same as `server_version_num`, such as 120022. */
	readonly number: number;
	/** Settings that it does not know yet. */
	readonly lacks?: readonly string[];
}

/** A PostgreSQL that says it is older; it takes connections without TLS. */
export class OlderPostgres {
	readonly #server: Server;
	readonly #version: OlderVersion;
	readonly #sockets = new Set<Socket>();

	private constructor(server: Server, version: OlderVersion) {
		this.#server = server;
		this.#version = version;
	}

	/** @param behind Port of the PostgreSQL that does the work. */
	static async start(behind: number, version: OlderVersion): Promise<OlderPostgres> {
		const server = createServer();
		const older = new OlderPostgres(server, version);
		server.on("connection", (socket) => older.#pass(socket, behind));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return older;
	}

	get port(): number {
		const address = this.#server.address();
		return typeof address === "object" ? (address?.port ?? 0) : 0;
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#pass(socket: Socket, behind: number): void {
		const further = connectTo(behind, "127.0.0.1");
		for (const one of [socket, further]) {
			this.#sockets.add(one);
			one.on("error", () => {});
			one.on("close", () => {
				this.#sockets.delete(one);
				socket.destroy();
				further.destroy();
			});
		}
		socket.on("data", (bytes: Buffer) => further.write(this.#asked(bytes)));
		further.on("data", (bytes: Buffer) => socket.write(this.#said(bytes)));
	}

	/** A question about the version has the older one for an answer; a setting that is lacking gets an unknown name. */
	#asked(bytes: Buffer): Buffer {
		const { number, lacks = [] } = this.#version;
		let text = bytes
			.toString("latin1")
			.replaceAll(/current_setting\('server_version_num'\)/g, (asked) =>
				`'${number}'`.padEnd(asked.length),
			);
		for (const name of lacks) text = text.replaceAll(`'${name}'`, `'${name.replace(/.$/, "?")}'`);
		return Buffer.from(text, "latin1");
	}

	/** What a server says of its version when a connection begins. */
	#said(bytes: Buffer): Buffer {
		// As many characters as before: lengths in the protocol stay right.
		const text = bytes
			.toString("latin1")
			.replaceAll(
				/(server_version\0)([^\0]+)/g,
				(_, key, said) => key + this.#version.name.padEnd(said.length),
			);
		return Buffer.from(text, "latin1");
	}
}
