import { expect, test } from "bun:test";
import { LAST_ID, PacketIds, WINDOW } from "../../src/broker/packet-ids.ts";

test("packet ids run from 1 to 65,535 and are not taken twice", () => {
	const ids = new PacketIds();
	expect([ids.take(1), ids.take(2), ids.take(1)]).toEqual([1, 2, 3]);
	expect([ids.release(1, 1), ids.release(3, 1), ids.size]).toEqual([true, true, 1]);
	for (let n = 4; n <= LAST_ID; n++) ids.release(ids.take(1) ?? 0, 1);
	expect([ids.take(1), ids.take(1)]).toEqual([1, 3]);
});

test("a packet id is released once, by the confirmation of its QoS", () => {
	const ids = new PacketIds();
	ids.take(1);
	ids.reserve(9, 2);
	expect([ids.release(1, 2), ids.release(9, 1), ids.release(7, 1)]).toEqual([false, false, false]);
	expect([ids.release(1, 1), ids.release(9, 2), ids.release(9, 2)]).toEqual([true, true, false]);
});

test("half of all packet ids may be in use", () => {
	const ids = new PacketIds();
	ids.reserve(2, 1);
	for (let n = 1; n < WINDOW; n++) expect(ids.take(1)).toBe(n === 1 ? 1 : n + 1);
	expect(ids.take(1)).toBeUndefined();
	ids.release(2, 1);
	expect(ids.take(1)).toBe(WINDOW + 1);
});
