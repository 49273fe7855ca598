import { describe, expect, test } from "bun:test";
import { MemoryPersistence } from "../../src/broker/memory-persistence.ts";
import { Retained } from "../../src/broker/retained.ts";
import { createLogger } from "../../src/kit/log.ts";
import { MemoryDisk } from "../support/embedded.ts";

function build(maxSessions = 2) {
	const lines: string[] = [];
	const log = createLogger({
		level: "warn",
		format: "json",
		write: (line) => void lines.push(line),
	});
	const retained = new Retained(
		{ maxMessages: 10, maxBytes: 1000, isRetained: () => true, isKept: () => false },
		new MemoryDisk(),
		log,
	);
	const limits = { maxSessions, maxQueued: 10, maxQueuedBytes: 10_000 };
	return { persistence: new MemoryPersistence(limits, retained, log), lines };
}
const filter = (topic: string) => ({ topic, qos: 1 }) as const;
const packet = (messageId: number) => ({ cmd: "publish", messageId });

describe("sessions in memory", () => {
	test("beyond the limit the least recently used one is evicted, with all it had", async () => {
		const { persistence, lines } = build();
		for (const id of ["a", "b"]) persistence.subscribed(id, filter("t"));
		persistence.incomingStorePacket({ id: "b" }, packet(1));
		persistence.subscribed("a", filter("u"));
		persistence.subscribed("c", filter("t"));
		expect(["a", "b", "c"].map((id) => persistence.hasSession(id))).toEqual([true, false, true]);
		expect([persistence.received.of("b"), persistence.filters.of("b")]).toEqual([[], []]);
		expect(lines.join("")).toContain("session evicted: max-sessions reached");
		expect(persistence.sessionsAway).toBe(2);
	});

	test("a session without filters is known again, a new one is not", async () => {
		const { persistence } = build();
		expect(await persistence.subscriptionsByClient({ id: "a" })).toEqual([]);
		expect(await persistence.subscriptionsByClient({ id: "a" })).toMatchObject([{ qos: 0 }]);
		persistence.subscribed("a", filter("t"));
		expect(await persistence.subscriptionsByClient({ id: "a" })).toEqual([filter("t")]);
		await persistence.cleanSubscriptions({ id: "a" });
		expect(persistence.hasSession("a")).toBe(false);
	});

	test("answers aedes in the same turn: a real promise would let later messages overtake", () => {
		const { persistence } = build();
		const order: string[] = [];
		void persistence.subscriptionsByTopic("t").then(() => order.push("answer"));
		order.push("behind it");
		expect(order).toEqual(["answer", "behind it"]);
	});
});

describe("QoS 2 messages that are not released", () => {
	test("are known until they are, by client and packet id", async () => {
		const { persistence } = build();
		const one = { id: "one" };
		for (const id of [1, 2, 1]) await persistence.incomingStorePacket(one, packet(id));
		expect(persistence.received.of("one")).toEqual([1, 2]);
		expect(await persistence.incomingGetPacket(one, packet(1))).toEqual(packet(1));
		await persistence.incomingDelPacket(one, packet(1));
		const gone = [
			persistence.incomingGetPacket(one, packet(1)),
			persistence.incomingDelPacket(one, packet(1)),
			persistence.incomingGetPacket({ id: "two" }, packet(2)),
		];
		for (const answer of gone)
			await expect(Promise.resolve(answer)).rejects.toThrow("no such packet");
		await persistence.cleanIncoming(one);
		expect(persistence.received.of("one")).toEqual([]);
	});

	test("are limited over all clients; those that end make room", async () => {
		const { persistence } = build();
		for (let client = 0; client < 4; client++) {
			for (let n = 1; n <= 62_500; n++) {
				persistence.incomingStorePacket({ id: String(client) }, packet(n));
			}
		}
		const store = async () => persistence.incomingStorePacket({ id: "last" }, packet(1));
		await expect(store()).rejects.toThrow("too many messages of QoS 2");
		persistence.endSession("0");
		await store();
		expect(persistence.received.of("last")).toEqual([1]);
	});
});

test("a will is kept until its client is done with it", async () => {
	const { persistence } = build();
	await persistence.putWill({ id: "a" }, { topic: "t" });
	expect(await persistence.delWill({ id: "a" })).toEqual({ topic: "t", clientId: "a" });
	expect(await persistence.delWill({ id: "a" })).toBeUndefined();
});
