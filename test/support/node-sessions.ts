// Connections to a mosquitto as nodes of a cluster have them, each with the sessions of partitions beside it.
import { ExternalBroker } from "../../src/mqtt/external.ts";
import type { BrokerSession, SessionOptions } from "../../src/mqtt/mod.ts";
import { externalOptions } from "./embedded.ts";
import { quietLog } from "./log.ts";

/** The connection of one node. */
export class NodeConnection {
	readonly broker: ExternalBroker;

	private constructor(port: number) {
		this.broker = new ExternalBroker(externalOptions({ port }), quietLog);
	}

	static async start(port: number): Promise<NodeConnection> {
		const connection = new NodeConnection(port);
		await connection.broker.start();
		return connection;
	}

	/** A session beside it; open to all that ask for one with its client id. */
	session(options: Omit<SessionOptions, "mayReturn"> & Partial<SessionOptions>): BrokerSession {
		return this.broker.sessions.make({ mayReturn: async () => true, ...options });
	}

	stop(): Promise<void> {
		return this.broker.stop();
	}
}
