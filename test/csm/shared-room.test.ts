import { expect, test } from "bun:test";
import { SharedRoom } from "../../src/csm/shared-room.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** So many are there, of which some came over this room. */
function make() {
	const clock = new ManualClock();
	const room = new SharedRoom(clock);
	const state = { there: 0, counts: 0 };
	const count = async () => {
		state.counts += 1;
		return state.there;
	};
	const enter = async (max: number) => {
		const isThere = await room.isThere(max, count);
		if (isThere) state.there += 1;
		return isThere;
	};
	return { clock, state, enter };
}

test("where little is left each one is counted, with those that others let in", async () => {
	const { state, enter } = make();
	expect(await enter(3)).toBe(true);
	state.there += 1;
	expect(await enter(3)).toBe(true);
	expect(await enter(3)).toBe(false);
	state.there -= 1;
	expect(await enter(3)).toBe(true);
	expect(state.counts).toBe(4);
});

test("where there is much room a hundredth of it is let in without being counted, for ten seconds", async () => {
	const { clock, state, enter } = make();
	for (let n = 0; n < 101; n++) expect(await enter(10_000)).toBe(true);
	expect(state.counts).toBe(1);
	await enter(10_000);
	expect(state.counts).toBe(2);
	clock.move(10_000);
	await enter(10_000);
	expect(state.counts).toBe(3);
	// A reload may have set another limit.
	expect(await enter(50)).toBe(false);
});
