import { describe, expect, test } from "bun:test";
import { Unsent, type Way } from "../../src/mqtt/unsent.ts";

const IN_FLIGHT = 20;

function build(maxUnsent = 100) {
	const sent: { text: string; qos: number; done: (error?: Error) => void }[] = [];
	const state: { way: Way | undefined } = { way: undefined };
	const way: Way = {
		maxQos: 1,
		send: (topic, data, { qos, retain }, done) =>
			sent.push({ text: `${topic} ${data}${retain ? " retained" : ""}`, qos, done }),
	};
	const unsent = new Unsent({ maxUnsent }, () => state.way);
	const connect = () => {
		state.way = way;
		unsent.send();
	};
	const disconnect = () => {
		state.way = undefined;
		unsent.takeBack();
	};
	return { sent, unsent, connect, disconnect };
}

describe("messages to another program's broker", () => {
	test("wait for a connection, go in order at the highest QoS it supports, and are confirmed", async () => {
		const { sent, unsent, connect } = build();
		const first = unsent.add("t", "1", { qos: 2, retain: true });
		const second = unsent.add("t", Buffer.from("2"), { qos: 0 });
		expect([sent, unsent.isEmpty]).toEqual([[], false]);
		connect();
		expect(sent.map(({ text, qos }) => [text, qos])).toEqual([
			["t 1 retained", 1],
			["t 2", 0],
		]);
		let emptied = 0;
		unsent.onAllSent(() => {
			emptied += 1;
		});
		for (const { done } of sent) done();
		await Promise.all([first, second]);
		expect([unsent.isEmpty, emptied]).toEqual([true, 2]);
	});

	test("are in flight in a bounded number; each confirmation lets the next one go", () => {
		const { sent, unsent, connect } = build();
		connect();
		for (let n = 0; n < 50; n++) void unsent.add("t", String(n), { qos: 1 });
		expect(sent).toHaveLength(IN_FLIGHT);
		sent[0]?.done();
		expect(sent.map(({ text }) => text).at(-1)).toBe(`t ${IN_FLIGHT}`);
	});

	test("that were not confirmed go again with the next connection, before the rest; late answers do not count", async () => {
		const { sent, unsent, connect, disconnect } = build();
		connect();
		const all = Array.from({ length: 30 }, (_, n) => unsent.add("t", String(n), { qos: 1 }));
		const old = sent.splice(0);
		old[0]?.done();
		disconnect();
		const late = sent.splice(0);
		for (const { done } of [...old, ...late]) done(new Error("connection closed"));
		connect();
		// Each confirmation appends the next one.
		for (let n = 0; n < 29; n++) sent[n]?.done();
		await Promise.all(all);
		expect(sent.map(({ text }) => text)).toEqual(
			Array.from({ length: 29 }, (_, n) => `t ${n + 1}`),
		);
	});

	test("beyond the limit are refused, and all are given up at the end", async () => {
		const { unsent } = build(2);
		const waiting = [unsent.add("t", "1", { qos: 1 }), unsent.add("t", "2", { qos: 1 })];
		await expect(unsent.add("t", "3", { qos: 1 })).rejects.toThrow(
			"2 messages are already waiting",
		);
		unsent.rejectAll(new Error("the server stops"));
		for (const promise of waiting) await expect(promise).rejects.toThrow("the server stops");
	});

	test("one that the broker does not take fails alone", async () => {
		const { sent, unsent, connect } = build();
		connect();
		const [bad, good] = [unsent.add("t", "1", { qos: 1 }), unsent.add("t", "2", { qos: 1 })];
		sent[0]?.done(new Error("refused"));
		sent[1]?.done();
		await expect(bad).rejects.toThrow("refused");
		await good;
	});
});
