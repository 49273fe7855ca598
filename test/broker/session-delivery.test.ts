import { describe, expect, test } from "bun:test";
import type { Client } from "aedes";
import { OfflineQueues } from "../../src/broker/offline-queues.ts";
import { WINDOW } from "../../src/broker/packet-ids.ts";
import { PageOwners } from "../../src/broker/page-owners.ts";
import { Routes } from "../../src/broker/routes.ts";
import { SessionDelivery } from "../../src/broker/session-delivery.ts";
import { SessionFilters } from "../../src/broker/session-filters.ts";
import { RecordingSink } from "../support/fast-path.ts";

function build(maxQueued = 100_000) {
	const queues = new OfflineQueues({ maxQueued, maxQueuedBytes: 1 << 30 }, () => {});
	const going: Promise<void>[] = [];
	const delivery: SessionDelivery = new SessionDelivery({
		queues,
		mayHear: (_, topic) => topic !== "secret",
		onRoom: (reader) => going.push(delivery.goOn(reader)),
	});
	const sink = new RecordingSink();
	const routes = new Routes({
		pages: new PageOwners(),
		sessionFilters: new SessionFilters(),
		handlersOf: () => [],
	});
	const reader = routes.readerOf({ id: "c", clean: false } as Client, sink);
	let counter = 0;
	const message = (topic = "t", qos = 1) => {
		counter += 1;
		return { cmd: "publish", topic, payload: "x", qos, brokerId: "b", brokerCounter: counter };
	};
	const queue = (topic?: string, qos?: number) => {
		const queued = message(topic, qos);
		queues.add("c", queued);
		return queued;
	};
	return { queues, delivery, sink, reader, queue, going };
}

describe("what a session keeps", () => {
	test("comes oldest first: with DUP what was sent before, releases, nothing its client may not hear", async () => {
		const { queues, delivery, sink, reader, queue } = build();
		const [sent, released] = [queue(), queue("t", 2)];
		queue("secret");
		queue();
		queues.update("c", { ...sent, messageId: 7 });
		queues.update("c", { ...released, messageId: 1 });
		queues.update("c", { cmd: "pubrel", messageId: 1 });
		await delivery.resume(reader);
		// Packet id 1 is taken.
		expect(sink.sent).toEqual(["3a06000174000778", "62020001", "3206000174000278"]);
		expect([reader.isCatchingUp, queues.list("c").length]).toEqual([false, 3]);
	});

	test("waits while all packet ids that may be are in flight, newer messages behind it", async () => {
		const { delivery, sink, reader, queue, going } = build();
		for (let n = 0; n < WINDOW + 2; n++) queue();
		await delivery.resume(reader);
		expect([sink.sent.length, reader.isStalled, reader.isCatchingUp]).toEqual([WINDOW, true, true]);
		queue();
		for (let id = 1; id < WINDOW / 2; id++) delivery.confirmed(reader, id, 1);
		expect(going).toEqual([]);
		delivery.confirmed(reader, WINDOW, 1);
		await Promise.all(going);
		expect([sink.sent.length, reader.isStalled, reader.isCatchingUp]).toEqual([
			WINDOW + 3,
			false,
			false,
		]);
	});

	test("is confirmed at its QoS", async () => {
		const { queues, delivery, reader, queue } = build();
		const [one, two] = [
			delivery.begin(reader, queue("t", 1)),
			delivery.begin(reader, queue("t", 2)),
		];
		delivery.confirmed(reader, one ?? 0, 2);
		delivery.confirmed(reader, two ?? 0, 1);
		expect(queues.list("c")).toHaveLength(2);
		delivery.confirmed(reader, one ?? 0, 1);
		delivery.confirmed(reader, two ?? 0, 2);
		expect(queues.list("c")).toEqual([]);
	});

	test("has no packet id twice, even for messages that gave way to newer ones unconfirmed", () => {
		const { delivery, reader, queue } = build(10);
		for (let n = 1; n <= WINDOW; n++) expect(delivery.begin(reader, queue())).toBe(n);
		expect([delivery.begin(reader, queue()), reader.isStalled]).toEqual([undefined, true]);
	});
});
