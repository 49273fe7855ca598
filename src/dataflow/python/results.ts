import { InvariantError } from "../../kit/mod.ts";
import type { Qos } from "../../mqtt/mod.ts";
import type { Waiting } from "./message-queue.ts";
import type { MessageError } from "./protocol.ts";
import type { SliceRecord } from "./slice.ts";

/** What came of messages. */
export interface ResultEvents {
	/** JSON to publish for an ODF link. @param qos Of the message it comes of. */
	onOutput: (linkId: number, json: string, qos: Qos) => void;
	/** The data record (JSON) of a message in a monitored graph. */
	onMonitor: (graph: number, json: string) => void;
	/** A graph that wants only the newest data record has one to be asked for. */
	onRecordReady: (graph: number) => void;
	/** What a graph's functions printed for one message. */
	onPrint: (graph: number, text: string) => void;
	/** A message could not be processed; `graph` is the number its spec was declared with. */
	onError: (error: MessageError) => void;
}

/**
 * Hands over what came of messages of a batch.
 * @param qos Of the message that the first results come of.
 * @returns the QoS of what comes next.
 * @throws InvariantError when results are of a message that the batch does not have.
 */
export function handOver(
	records: readonly SliceRecord[],
	batch: readonly Waiting[],
	qos: Qos,
	events: ResultEvents,
): Qos {
	let current = qos;
	for (const record of records) {
		switch (record.kind) {
			case "output":
				events.onOutput(record.linkId, record.json, current);
				break;
			case "cause":
				current = qosAt(batch, record.message);
				break;
			case "monitor":
				events.onMonitor(record.graph, record.json);
				break;
			case "ready":
				events.onRecordReady(record.graph);
				break;
			case "printed":
				events.onPrint(record.printed.graph, record.printed.text);
				break;
			case "error":
				events.onError(record.error);
		}
	}
	return current;
}

function qosAt(batch: readonly Waiting[], index: number): Qos {
	const message = batch[index];
	if (message !== undefined) return message.cause.qos;
	throw new InvariantError(`it sent results of message ${index} of ${batch.length}`);
}
