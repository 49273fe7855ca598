import { expect, test } from "bun:test";
import { UnconfirmedIds } from "../../src/mqtt/unconfirmed-ids.ts";

const MIB = 1 << 20;

test("ids are taken one after the other, from the first one again behind the last", () => {
	const ids = new UnconfirmedIds(61, 63);
	expect([ids.take(1), ids.take(1)]).toEqual([61, 62]);
	ids.give(61);
	expect(ids.take(1)).toBe(63);
	ids.give(63);
	expect([ids.take(1), ids.take(1)]).toEqual([61, 63]);
});

test("60,000 are in use at most", () => {
	const ids = new UnconfirmedIds(1, 65_000);
	for (let id = 1; id <= 60_000; id++) expect(ids.take(1)).toBe(id);
	expect(ids.take(1)).toBeUndefined();
	ids.give(5);
	expect([ids.take(1), ids.take(1)]).toEqual([60_001, undefined]);
});

test("no more are taken while 16 MiB are not confirmed, and an unknown id changes nothing", () => {
	const ids = new UnconfirmedIds(1, 9);
	expect([ids.take(15 * MIB), ids.take(9 * MIB), ids.take(1)]).toEqual([1, 2, undefined]);
	ids.give(7);
	expect(ids.take(1)).toBeUndefined();
	ids.give(2);
	expect(ids.take(1)).toBe(3);
});
