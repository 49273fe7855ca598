import { describe, expect, test } from "bun:test";
import { Outbox } from "../../src/mqtt/outbox.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function build() {
	const wire = { sent: [] as string[], room: Number.POSITIVE_INFINITY, emptied: 0 };
	const outbox = new Outbox(
		(data) => {
			if (wire.room < 0) return -1;
			const taken = Math.min(wire.room, data.length);
			wire.room -= taken;
			if (taken > 0) wire.sent.push(Buffer.from(data.subarray(0, taken)).toString());
			return taken;
		},
		() => {
			wire.emptied += 1;
		},
	);
	const add = (text: string, isWhole = false) => {
		outbox.add(Buffer.from(text));
		outbox.leaveSoon(isWhole);
	};
	return { wire, outbox, add };
}

describe("outbox", () => {
	test("what is added in one turn leaves in one piece, at its end or as soon as it is whole", async () => {
		const { wire, outbox, add } = build();
		for (const text of ["a", "b"]) add(text);
		expect([wire.sent, outbox.bytes]).toEqual([[], 2]);
		await turn();
		add("c", true);
		await Promise.resolve();
		expect([wire.sent, outbox.bytes, wire.emptied]).toEqual([["ab", "c"], 0, 2]);
	});

	test("what the connection does not take waits for its drain, in order", async () => {
		const { wire, outbox, add } = build();
		wire.room = 2;
		add("abcd");
		await turn();
		add("ef");
		await turn();
		outbox.flush();
		expect([wire.sent, outbox.bytes]).toEqual([["ab"], 4]);
		wire.room = 3;
		outbox.drained();
		expect([wire.sent.join(""), outbox.bytes, wire.emptied]).toEqual(["abcde", 1, 0]);
		wire.room = 10;
		outbox.drained();
		expect([wire.sent.join(""), outbox.bytes, wire.emptied]).toEqual(["abcdef", 0, 1]);
		outbox.drained();
		expect(wire.emptied).toBe(2);
	});

	test("a closed connection, or a cleared queue, leaves nothing behind", async () => {
		const { wire, outbox, add } = build();
		add("a");
		outbox.clear();
		await turn();
		wire.room = -1;
		add("b");
		await turn();
		expect([wire.sent, outbox.bytes, wire.emptied]).toEqual([[], 0, 1]);
	});

	test("one piece may be larger than what may wait, until all has left; what is left of several may not", async () => {
		const { wire, outbox, add } = build();
		wire.room = 1;
		add("abc");
		await turn();
		add("x".repeat(50));
		add("d".repeat(8));
		expect([outbox.isOver(10), outbox.isOver(9)]).toEqual([false, true]);
		wire.room = 45;
		outbox.drained();
		add("e".repeat(45));
		expect([outbox.bytes, outbox.isOver(10)]).toEqual([60, false]);
		add("f");
		expect(outbox.isOver(10)).toBe(true);
		wire.room = 100;
		outbox.drained();
		add("g".repeat(10));
		expect(outbox.isOver(10)).toBe(false);
		add("h");
		expect(outbox.isOver(10)).toBe(true);
	});
});
