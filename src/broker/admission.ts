import { groupOf, type Logger } from "../kit/mod.ts";
import type { ClientStream } from "./client-stream.ts";
import { ConnectRateLimit, type ConnectRateOptions } from "./connect-rate-limit.ts";

export interface AdmissionOptions extends ConnectRateOptions {
	/** Concurrent connections. */
	maxClients: number;
	/** Of these, connections of one address. */
	maxPerAddress: number;
	/** Connections that have not sent CONNECT yet; a new one replaces the longest-pending one. */
	maxConnecting: number;
}

/**
 * Admits connections within the limits. Those that hold a place without ever sending CONNECT
 * cannot keep others out: a new one replaces the longest-pending one.
 */
export class Admission {
	readonly #options: AdmissionOptions;
	readonly #warnings: Logger;
	readonly #rate: ConnectRateLimit;
	readonly #connecting = new Set<ClientStream>();
	readonly #perAddress = new Map<string, number>();
	#connections = 0;

	constructor(options: AdmissionOptions, warnings: Logger) {
		this.#options = options;
		this.#warnings = warnings;
		this.#rate = new ConnectRateLimit(options);
	}

	get connections(): number {
		return this.#connections;
	}

	/**
	 * Counts a connection in until it closes, or closes it.
	 * @param serve Called when it is the connection's turn, mostly at once.
	 */
	enter(stream: ClientStream, serve: () => void): void {
		// First of all: none is to be replaced by one that is refused itself.
		const wait = this.#rate.next(stream.remoteAddress);
		if (wait === undefined) {
			this.#refuse(stream, "connects-per-second");
			return;
		}
		if (!this.#makeRoom(stream)) {
			this.#rate.giveBack(stream.remoteAddress);
			return;
		}
		this.#count(stream);
		if (wait === 0) {
			serve();
			return;
		}
		this.#warnings.warn("connection delayed: rate limit (connects-per-second)", {
			address: stream.remoteAddress,
		});
		stream.holdBack();
		const onError = (error: Error) =>
			this.#warnings.warn("connection refused", {
				address: stream.remoteAddress,
				reason: error.message,
			});
		const onClose = () => {
			clearTimeout(timer);
			this.#rate.giveBack(stream.remoteAddress);
		};
		const timer = setTimeout(() => {
			stream.off("error", onError).off("close", onClose);
			serve();
		}, wait);
		stream.once("error", onError).once("close", onClose);
	}

	/** The client has its CONNACK. */
	connected(stream: ClientStream): void {
		this.#connecting.delete(stream);
	}

	/** @returns false when the connection was closed instead. */
	#makeRoom(stream: ClientStream): boolean {
		const { maxClients, maxPerAddress, maxConnecting } = this.#options;
		if ((this.#perAddress.get(groupOf(stream.remoteAddress)) ?? 0) >= maxPerAddress) {
			this.#refuse(stream, "max-clients-per-address");
			return false;
		}
		const full = this.#connections >= maxClients && "max-clients";
		const crowded = this.#connecting.size >= maxConnecting && "max-connecting";
		const [slowest] = this.#connecting;
		if (full && slowest === undefined) {
			this.#refuse(stream, full);
			return false;
		}
		if ((full || crowded) && slowest !== undefined) this.#refuse(slowest, full || crowded);
		return true;
	}

	#count(stream: ClientStream): void {
		const group = groupOf(stream.remoteAddress);
		this.#connections += 1;
		this.#perAddress.set(group, (this.#perAddress.get(group) ?? 0) + 1);
		this.#connecting.add(stream);
		stream.once("close", () => {
			this.#connections -= 1;
			this.#connecting.delete(stream);
			const left = (this.#perAddress.get(group) ?? 1) - 1;
			if (left > 0) this.#perAddress.set(group, left);
			else this.#perAddress.delete(group);
		});
	}

	#refuse(stream: ClientStream, limit: string | false): void {
		this.#warnings.warn(`connection refused: ${limit} reached`, {
			address: stream.remoteAddress,
		});
		this.#connecting.delete(stream);
		stream.destroy();
	}
}
