import { expect, test } from "bun:test";
import { Speakers } from "../../../src/csm/devices/speakers.ts";

let clock = 0;
const now = () => ++clock;
const connection = () => ({ openedAt: now(), isOpen: true });

test("the last word decides: older connections end unheard", () => {
	const speakers = new Speakers(now);
	const [a, b] = [connection(), connection()];
	speakers.said("d", b);
	speakers.said("d", a);
	expect(speakers.contradict("d", b)).toBe(true);
	expect(speakers.contradict("d", a)).toBe(false);
	expect(speakers.closed(b)).toEqual([]);
	expect(speakers.closed(a)).toEqual(["d"]);
	expect(speakers.closed(a)).toEqual([]);
});

test("a will is as old as its connection, a word as new as it is said", () => {
	const speakers = new Speakers(now);
	const [old, speaker] = [connection(), connection()];
	speakers.said("d", speaker);
	expect(speakers.contradict("d", old)).toBe(false);
	old.isOpen = false;
	expect(speakers.contradict("d", old)).toBe(true);
	expect(speakers.contradict("d", { openedAt: now(), isOpen: false })).toBe(false);
	expect(speakers.contradict("d", null)).toBe(false);
	expect(speakers.contradict("other", old)).toBe(false);
});

test("a connection that is over before its message is worked on speaks for no device", () => {
	const speakers = new Speakers(now);
	const gone = { openedAt: now(), isOpen: false };
	const old = connection();
	speakers.said("d", gone);
	expect(speakers.contradict("d", old)).toBe(false);
	expect(speakers.closed(gone)).toEqual([]);
});

test("a registration makes what was said before void", () => {
	const speakers = new Speakers(now);
	const a = connection();
	speakers.said("d", a);
	speakers.said("e", a);
	speakers.forget("d");
	expect(speakers.closed(a)).toEqual(["e"]);
});

test("of many connections that speak for a device the newest are remembered", () => {
	const speakers = new Speakers(now);
	const many = Array.from({ length: 1000 }, connection);
	for (const one of many) speakers.said("d", one);
	const gone = many.flatMap((one) => speakers.closed(one));
	expect(gone).toEqual(["d"]);
});
