import { describe, expect, test } from "bun:test";
import { OfflineQueues } from "../../src/broker/offline-queues.ts";

const build = (maxMessages = 3, maxBytes = 100_000) => {
	const dropped: string[] = [];
	const queues = new OfflineQueues({ maxQueued: maxMessages, maxQueuedBytes: maxBytes }, (id) =>
		dropped.push(id),
	);
	let counter = 0;
	const add = (clientId: string, topic: string) => {
		counter += 1;
		const packet = { cmd: "publish", topic, payload: "", brokerId: "b", brokerCounter: counter };
		queues.add(clientId, packet);
		return packet;
	};
	const topics = (id: string) => queues.list(id).map(({ cmd, topic }) => topic ?? cmd);
	return { queues, dropped, add, topics };
};

describe("offline queues", () => {
	test("a session's oldest message is dropped, other sessions keep theirs", () => {
		const { dropped, add, topics } = build();
		add("other", "x");
		for (const topic of ["1", "2", "3", "4", "5"]) add("a", topic);
		expect([topics("a"), topics("other"), dropped]).toEqual([["3", "4", "5"], ["x"], ["a", "a"]]);
	});

	test("over all sessions the oldest message is dropped", () => {
		const { queues, dropped, add, topics } = build(100, 1000);
		add("first", "x");
		for (let n = 0; n < 4; n++) add("second", String(n));
		expect([topics("first"), topics("second"), dropped]).toEqual([
			[],
			["0", "1", "2", "3"],
			["first"],
		]);
		expect(queues.bytes).toBeLessThanOrEqual(1000);
	});

	test("a message stays until its packet id is acknowledged; of QoS 2 the release stays", () => {
		const { queues, add, topics } = build();
		const first = add("a", "1");
		const second = add("a", "2");
		queues.update("a", { ...first, messageId: 7 });
		queues.update("a", { ...second, messageId: 8 });
		expect(queues.acknowledge("a", 9)).toBeUndefined();
		expect(queues.acknowledge("a", 7)?.topic).toBe("1");
		queues.update("a", { cmd: "pubrel", messageId: 8 });
		expect(topics("a")).toEqual(["pubrel"]);
		queues.acknowledge("a", 8);
		expect([topics("a"), queues.bytes]).toEqual([[], 0]);
	});

	test("a new id after a reconnect counts, the previous one does not", () => {
		const { queues, add } = build();
		const packet = add("a", "1");
		queues.update("a", { ...packet, messageId: 7 });
		queues.update("a", { ...packet, messageId: 9 });
		expect(queues.acknowledge("a", 7)).toBeUndefined();
		expect(queues.acknowledge("a", 9)?.topic).toBe("1");
	});

	test("what gave way may still be confirmed or updated", () => {
		const { queues, add, topics } = build(1);
		const first = add("a", "1");
		add("a", "2");
		queues.update("a", { ...first, messageId: 7 });
		expect(queues.acknowledge("a", 7)).toBeUndefined();
		queues.forget("a");
		expect([topics("a"), queues.bytes]).toEqual([[], 0]);
	});
});
