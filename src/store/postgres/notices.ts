import type { SQL } from "bun";
import { type Logger, messageOf } from "../../kit/mod.ts";
import type { PostgresAddress } from "./address.ts";
import { client, closeClient } from "./connection.ts";

const RETRY_MS = 1000;

/** Hears what other programs change (`LISTEN`); what was said while no one listened counts as a change. */
export class Notices {
	readonly #address: PostgresAddress;
	readonly #channel: string;
	readonly #onChange: (said?: string) => void;
	readonly #log: Logger;
	#sql: SQL | undefined;
	#retry: Timer | undefined;
	#isClosed = false;

	/**
	 * @param channel As in `NOTIFY`.
	 * @param onChange Told what a notice says; undefined: some may have been missed.
	 */
	constructor(
		address: PostgresAddress,
		channel: string,
		onChange: (said?: string) => void,
		log: Logger,
	) {
		this.#address = address;
		this.#channel = channel;
		this.#onChange = onChange;
		this.#log = log;
	}

	/** Begins to listen, as soon as that is possible. */
	start(): void {
		const again = (error: unknown) => {
			if (this.#sql !== sql) return;
			this.#sql = undefined;
			// The driver would try again by itself, ever later, and write to standard error each time.
			closeClient(sql);
			if (this.#isClosed) return;
			this.#log.debug("cannot listen at the database, trying again", { reason: messageOf(error) });
			this.#retry = setTimeout(() => this.start(), RETRY_MS);
		};
		const sql = client(this.#address, 1, again);
		this.#sql = sql;
		const said = (what: string) => this.#onChange(what);
		sql.listen(this.#channel, said, () => this.#onChange()).catch(again);
	}

	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#retry);
		if (this.#sql !== undefined) closeClient(this.#sql);
	}
}
