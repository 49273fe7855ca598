import { describe, expect, test } from "bun:test";
import { InFlight } from "../../src/broker/in-flight.ts";
import { LAST_ID, WINDOW } from "../../src/broker/packet-ids.ts";
import { RecordingSink } from "../support/fast-path.ts";

const build = (maxUnsentBytes = 1000) => {
	const sink = new RecordingSink(maxUnsentBytes);
	const inFlight = new InFlight(sink);
	const send = (payload: string, qos = 1) =>
		inFlight.send({ topic: Buffer.from("t"), payload, qos, retain: false }, true);
	/** Packet id and payload of what was sent, in order. */
	const sent = () =>
		sink.sent.splice(0).map((hex) => {
			const frame = Buffer.from(hex, "hex");
			return { id: frame.readUInt16BE(5), text: frame.subarray(7).toString() };
		});
	return { sink, inFlight, send, sent };
};

describe("messages in flight", () => {
	test("have packet ids from 1 to 65,535, none of them twice at a time", () => {
		const { inFlight, send, sent } = build();
		for (const text of ["a", "b", "c"]) send(text);
		expect(sent().map(({ id }) => id)).toEqual([1, 2, 3]);
		for (const id of [1, 3]) inFlight.confirmed(id, 1);
		for (let n = 4; n <= LAST_ID; n++) {
			send("x");
			inFlight.confirmed(n, 1);
		}
		sent();
		for (const text of ["d", "e"]) send(text);
		// 2 is not confirmed.
		expect(sent()).toEqual([
			{ id: 1, text: "d" },
			{ id: 3, text: "e" },
		]);
	});

	test("are confirmed at QoS 1 by PUBACK, at QoS 2 by PUBCOMP, unknown ones by nothing", () => {
		const { inFlight, send, sent } = build();
		send("one", 1);
		send("two", 2);
		for (let n = 2; n < WINDOW; n++) send("x");
		sent();
		send("waits");
		inFlight.confirmed(1, 2);
		inFlight.confirmed(2, 1);
		inFlight.confirmed(LAST_ID, 1);
		expect(sent()).toEqual([]);
		inFlight.confirmed(2, 2);
		expect(sent()).toMatchObject([{ text: "waits" }]);
	});

	test("wait beyond the window, in order, and take the places of those that are confirmed", () => {
		const { inFlight, send, sent } = build();
		for (let n = 0; n < WINDOW; n++) send("x");
		sent();
		for (const text of ["a", "é", "c"]) send(text);
		inFlight.confirmed(9, 1);
		send("d");
		for (const id of [5, 6, 7, 8]) inFlight.confirmed(id, 1);
		expect(sent().map(({ text }) => text)).toEqual(["a", "é", "c", "d"]);
		send("e");
		expect(sent()).toEqual([{ id: WINDOW + 5, text: "e" }]);
	});

	test("disconnect a client that confirms nothing, when more waits than may", () => {
		const { sink, send } = build(20);
		for (let n = 0; n < WINDOW; n++) send("x");
		sink.sent.length = 0;
		for (let n = 0; n < 2; n++) send("y");
		expect(sink.reason).toBeUndefined();
		send("y");
		expect(sink.reason).toBe("client confirms too slowly: 24 bytes wait for it");
		expect(sink.sent).toEqual([]);
	});
});
