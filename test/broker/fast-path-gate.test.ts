import { describe, expect, test } from "bun:test";
import { FastPathGate } from "../../src/broker/fast-path-gate.ts";
import { fastPathParts, RecordingSink } from "../support/fast-path.ts";

const TOPIC = Buffer.from("t");
const PAYLOAD = Buffer.from("x");

function build() {
	const heard: string[] = [];
	const sink = new RecordingSink();
	const parts = fastPathParts({
		stream: sink,
		handler: ({ payload }) => heard.push(Buffer.from(payload).toString()),
	});
	const state = { passedOn: 0, released: 0 };
	const gate = new FastPathGate({
		passedOn: () => state.passedOn,
		onReleased: () => {
			state.released += 1;
		},
	});
	const open = () => gate.open(parts.path, parts.arrival, parts.handshakes);
	const take = () => gate.takePlain(TOPIC, PAYLOAD, Buffer.alloc(4));
	const takeConfirmed = (qos: number, id = 1) => gate.takeConfirmed(qos, id, TOPIC, PAYLOAD);
	return { gate, heard, sink, state, open, take, takeConfirmed, received: parts.received };
}

describe("the gate of the fast path", () => {
	test("is closed until the client has its CONNACK, and again after its end", () => {
		const { gate, heard, state, open, take, takeConfirmed } = build();
		gate.connecting();
		expect([gate.isHeld, gate.isOpen, take(), takeConfirmed(1)]).toEqual([
			true,
			false,
			false,
			false,
		]);
		open();
		expect([gate.isHeld, gate.isOpen, take(), state.released]).toEqual([false, true, true, 1]);
		gate.close();
		expect([gate.isOpen, take(), takeConfirmed(2), heard]).toEqual([false, false, false, ["x"]]);
	});

	test("lets no message overtake one that aedes still works on", () => {
		const { gate, heard, state, open, take, takeConfirmed } = build();
		open();
		state.passedOn = 2;
		gate.hasPassed();
		expect([take(), takeConfirmed(1)]).toEqual([false, false]);
		gate.dealtWith();
		expect([take(), takeConfirmed(2)]).toEqual([false, false]);
		gate.dealtWith();
		expect([take(), takeConfirmed(1), heard.length]).toEqual([true, true, 2]);
	});

	test("answers messages of QoS 1 and 2, and hands one that is repeated on once", () => {
		const { heard, sink, open, takeConfirmed } = build();
		open();
		expect([takeConfirmed(1, 7), takeConfirmed(2, 8), takeConfirmed(2, 8)]).toEqual([
			true,
			true,
			true,
		]);
		expect(sink.sent).toEqual(["40020007", "50020008", "50020008"]);
		expect(heard).toHaveLength(2);
	});

	test("answers confirmations, but for the release of what aedes has received", () => {
		const { gate, sink, received, open, takeConfirmed } = build();
		const take = ([type, id]: readonly [number, number]) => gate.takeConfirmation(type, id);
		expect(take([0x40, 1])).toBe(false);
		open();
		takeConfirmed(2, 8);
		received.add("c", 9);
		sink.sent.length = 0;
		const all = [[0x40, 1] as const, [0x50, 2] as const, [0x70, 3] as const, [0x62, 8] as const];
		expect(all.map(take)).toEqual([true, true, true, true]);
		expect(sink.sent).toEqual(["62020002", "70020008"]);
		expect([take([0x62, 9]), take([0x62, 8]), received.of("c")]).toEqual([false, false, [9]]);
	});
});
