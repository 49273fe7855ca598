import { brokersOf } from "../mqtt-address.ts";
import type { ShellContext } from "./command.ts";
import { server } from "./context.ts";

/** A client of the server's broker. MQTT.js is loaded only where it is needed. */
export async function connect(context: ShellContext) {
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
