import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { brokerOptions, MemoryDisk, OPEN, openGate } from "./embedded.ts";
import { quietLog } from "./log.ts";

/** A built-in broker on a free port that lets everyone do everything. */
export async function startBroker(): Promise<{ broker: EmbeddedBroker; url: string }> {
	const deps = { disk: new MemoryDisk(), authority: OPEN, gate: openGate, log: quietLog };
	const broker = new EmbeddedBroker(brokerOptions(), deps);
	await broker.start();
	return { broker, url: `mqtt://127.0.0.1:${broker.port}` };
}
