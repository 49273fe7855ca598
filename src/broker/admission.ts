import type { LimitedWarnings } from "../log-limit.ts";
import type { ClientStream } from "./client-stream.ts";

export interface AdmissionOptions {
	/** Connections at the same time. */
	maxClients: number;
	/** Of these, connections that have not sent CONNECT yet; the one that waits longest gives way. */
	maxConnecting: number;
}

/**
 * Lets connections in while there is room. Those that hold a place without ever saying who they are
 * cannot keep others out: a new one takes the place of the slowest.
 */
export class Admission {
	readonly #options: AdmissionOptions;
	readonly #warnings: LimitedWarnings;
	readonly #connecting = new Set<ClientStream>();
	#connections = 0;

	constructor(options: AdmissionOptions, warnings: LimitedWarnings) {
		this.#options = options;
		this.#warnings = warnings;
	}

	get connections(): number {
		return this.#connections;
	}

	/** Counts a connection in until it closes. @returns false when it was closed instead. */
	enter(stream: ClientStream): boolean {
		const { maxClients, maxConnecting } = this.#options;
		const full = this.#connections >= maxClients && "max-clients";
		const crowded = this.#connecting.size >= maxConnecting && "max-connecting";
		const [slowest] = this.#connecting;
		if (full && slowest === undefined) {
			this.#turnAway(stream, full);
			return false;
		}
		if ((full || crowded) && slowest !== undefined) this.#turnAway(slowest, full || crowded);
		this.#connections += 1;
		this.#connecting.add(stream);
		stream.once("close", () => {
			this.#connections -= 1;
			this.#connecting.delete(stream);
		});
		return true;
	}

	/** The connection has said who it is. */
	connected(stream: ClientStream): void {
		this.#connecting.delete(stream);
	}

	#turnAway(stream: ClientStream, limit: string | false): void {
		this.#warnings.warn(`refused a connection: ${limit} reached`, {
			address: stream.remoteAddress,
		});
		this.#connecting.delete(stream);
		stream.destroy();
	}
}
