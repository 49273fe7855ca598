import type { MqttClient } from "mqtt";
import { ConfigError } from "../../kit/mod.ts";
import { brokersOf } from "../mqtt-address.ts";
import type { ShellContext } from "./command.ts";
import { server } from "./context.ts";

/**
 * Works with a client of the server's broker until the work is done or Ctrl-C is pressed; the client is closed
 * whatever happens. MQTT 3.1.1 has a broker refuse a message by closing the connection, without a word.
 * @throws what the work throws; ConfigError when the broker closes the connection.
 */
export async function withClient(
	context: ShellContext,
	work: (client: MqttClient) => Promise<void>,
): Promise<void> {
	const client = await connect(context);
	const lost = Promise.withResolvers<never>();
	client.on("error", lost.reject);
	client.on("close", () => lost.reject(new ConfigError("the broker closed the connection")));
	try {
		await Promise.race([work(client), context.interrupted(), lost.promise]);
	} finally {
		await client.endAsync(true);
	}
}

/** MQTT.js is loaded only where it is needed. */
async function connect(context: ShellContext): Promise<MqttClient> {
	const { connectAsync } = await import("mqtt");
	let problem: unknown;
	for (const address of brokersOf(context.config, server(context))) {
		try {
			return await connectAsync({ ...address, reconnectPeriod: 0 });
		} catch (error) {
			problem = error;
		}
	}
	throw problem;
}
