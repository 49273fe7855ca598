import { expect, test } from "bun:test";
import { OwnSubscriptions } from "../../src/broker/own-subscriptions.ts";
import { Retained } from "../../src/broker/retained.ts";
import { CallGuard } from "../../src/mqtt/call-guard.ts";
import { MemoryDisk } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";

function build() {
	const retained = new Retained(
		{ maxMessages: 2000, maxBytes: 100_000, isRetained: () => true, isKept: () => false },
		new MemoryDisk(),
		quietLog,
	);
	const changes: string[] = [];
	const guard = new CallGuard(quietLog);
	const subscriptions = new OwnSubscriptions({
		guard,
		retained,
		systemMessages: (filter) =>
			filter === "$SYS/x" ? [{ topic: "$SYS/x", payload: Buffer.from("now"), qos: 0 }] : [],
		onChange: (filter) => changes.push(filter),
	});
	const retain = (topic: string) => retained.set({ topic, payload: Buffer.from("1"), qos: 1 });
	return { subscriptions, retain, changes, guard };
}

test("after the start a new handler gets what is retained, and the broker's own topics", async () => {
	const { subscriptions, retain } = build();
	const heard: string[] = [];
	for (const topic of ["a/1", "a/2", "b"]) retain(topic);
	await subscriptions.subscribe("a/+", ({ topic }) => heard.push(`early ${topic}`));
	subscriptions.start();
	await subscriptions.subscribe("a/+", ({ topic, retained }) => heard.push(`${topic} ${retained}`));
	await subscriptions.subscribe("$SYS/x", ({ topic, payload }) =>
		heard.push(`${topic} ${Buffer.from(payload)}`),
	);
	expect(heard).toEqual(["a/1 true", "a/2 true", "$SYS/x now"]);
});

test("each change of handlers is told; an end counts once", async () => {
	const { subscriptions, changes } = build();
	const unsubscribe = await subscriptions.subscribe("t", () => {});
	await subscriptions.subscribe("t", () => {});
	expect(subscriptions.of("t")).toHaveLength(2);
	await unsubscribe();
	await unsubscribe();
	expect([subscriptions.of("t").length, changes]).toEqual([1, ["t", "t", "t", "t"]]);
});

test("a handler that heard a live message while retained ones are handed over does not get the older one of that topic", async () => {
	const { subscriptions, retain } = build();
	// More than are compared in one turn.
	for (let n = 0; n < 1500; n++) retain(`a/${n}`);
	subscriptions.start();
	const heard: string[] = [];
	const joined = subscriptions.subscribe("a/+", ({ topic, payload, retained }) => {
		if (topic === "a/1400") heard.push(`${payload} ${retained}`);
	});
	const publish = (text: string) => {
		const message = { topic: "a/1400", payload: Buffer.from(text), retained: false };
		for (const handler of subscriptions.of(message.topic)) {
			handler({ ...message, qos: 0, clientId: null, user: null, connection: null });
		}
	};
	publish("new");
	const unsubscribe = await joined;
	publish("after");
	expect(heard).toEqual(["new false", "after false"]);
	await unsubscribe();
	expect(subscriptions.of("a/1400")).toEqual([]);
});

test("a handler that throws at a retained message still subscribes", async () => {
	const { subscriptions, retain, guard } = build();
	retain("t");
	subscriptions.start();
	await subscriptions.subscribe("t", () => {
		throw new Error("a handler's own mistake");
	});
	expect([subscriptions.of("t").length, guard.failures]).toEqual([1, 1]);
});
