import { type AddressOptions, BrokerConnection, withoutSession } from "./broker-connection.ts";
import type { CallGuard } from "./call-guard.ts";
import type { MessageHandler } from "./port.ts";

/**
 * Brings a further handler of a filter what the broker retains. Subscribing to the filter again on the same connection
 * would bring it to all handlers once more, so it is fetched over a connection of its own.
 */
export class RetainedFetch {
	readonly #guard: CallGuard;
	readonly #open = new Set<BrokerConnection>();
	#isStopped = false;

	constructor(guard: CallGuard) {
		this.#guard = guard;
	}

	/**
	 * Hands over what is retained under a filter; resolves when that is all, or the broker does not answer.
	 * @returns whether it was all.
	 */
	async run(filter: string, options: AddressOptions, handler: MessageHandler): Promise<boolean> {
		const { promise, resolve } = Promise.withResolvers<boolean>();
		const connection = await BrokerConnection.open(
			withoutSession(options),
			{
				onConnect: async (connection) => {
					await connection.requestRetained([filter]);
					resolve(connection.isConnected);
				},
				onClose: () => resolve(false),
				onMessage: (topic, payload, retained, qos) => {
					if (!retained) return;
					handler({ topic, payload, retained, qos, clientId: null, user: null, connection: null });
				},
				takePlain: () => false,
			},
			this.#guard,
		);
		this.#open.add(connection);
		if (this.#isStopped) connection.cut();
		const deadline = setTimeout(() => connection.cut(), 2 * options.connectTimeoutMs);
		const isAll = await promise;
		// A broker that has answered may still leave the connection open.
		if (isAll) await connection.end();
		else connection.cut();
		clearTimeout(deadline);
		this.#open.delete(connection);
		return isAll;
	}

	/** Gives up what is in progress. */
	stop(): void {
		this.#isStopped = true;
		for (const connection of this.#open) connection.cut();
	}
}
