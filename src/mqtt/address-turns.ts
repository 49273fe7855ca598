/** An address of a broker. */
export interface HostPort {
	/** Name or address, IPv6 without brackets. */
	readonly host: string;
	readonly port: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A start waits 5 s: behind one silent address the next one is still reached within them. */
const TURN_TIMEOUT_MS = 4000;
/** After a connection that ended sooner the next address is tried, not this one again. */
export const SHORT_MS = 5000;

/** The addresses of one broker, tried in turn. */
export class AddressTurns {
	readonly #addresses: readonly [HostPort, ...HostPort[]];
	#index = 0;
	/** Addresses that have failed since one was in use last. */
	#failed = 0;

	constructor(addresses: readonly [HostPort, ...HostPort[]]) {
		this.#addresses = addresses;
	}

	/** The one in use, or to be tried next. */
	get current(): HostPort {
		return this.#addresses[this.#index] ?? this.#addresses[0];
	}

	/** Time an address gets to take a connection: less where another one waits for its turn. */
	get connectTimeoutMs(): number {
		return this.#addresses.length === 1 ? CONNECT_TIMEOUT_MS : TURN_TIMEOUT_MS;
	}

	/** All of them, for people. */
	get text(): string {
		return this.#addresses.map(addressText).join(", ");
	}

	/**
	 * The current one is lost, or could not be reached.
	 * @param livedMs How long it was connected, 0 when it could not be reached.
	 * @returns whether it is time for a pause: the next one is not tried yet, unless all have failed.
	 */
	lost(livedMs: number): boolean {
		if (livedMs >= SHORT_MS) {
			this.#failed = 0;
			return true;
		}
		this.#index = (this.#index + 1) % this.#addresses.length;
		this.#failed += 1;
		if (this.#failed < this.#addresses.length) return false;
		this.#failed = 0;
		return true;
	}
}

/** As it is written in an ini or a URL. */
export function addressText({ host, port }: HostPort): string {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
