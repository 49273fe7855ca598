import { expect, test } from "bun:test";
import { eventOf, newIn, viewOf } from "../../../src/ccm/live/event-texts.ts";
import { TEACHER } from "../support/office.ts";

test("an event is its name and one line of JSON", () => {
	const people = [viewOf(TEACHER)];
	expect(eventOf("people", people)).toBe(`event: people\ndata: [{"u_id":2,"u_name":"ann"}]\n\n`);
	expect(eventOf("people", [{ u_id: 1, u_name: "a\nb" }])).toContain(String.raw`"a\nb"`);
});

test("new is what was not there in the same words", () => {
	expect(newIn([{ a: 1 }, { a: 2 }], [{ a: 1 }])).toEqual([{ a: 2 }]);
	expect(newIn([], [{ a: 1 }])).toEqual([]);
});
