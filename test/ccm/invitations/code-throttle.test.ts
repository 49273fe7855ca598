import { expect, test } from "bun:test";
import { CodeThrottle, FREE_OF_ADDRESS } from "../../../src/ccm/invitations/code-throttle.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const HERE = "192.0.2.7";

function throttle() {
	const clock = new ManualClock();
	return { clock, throttle: new CodeThrottle(() => clock.now()) };
}

test("a page waits after its third wrong code, longer each time, at most a minute", () => {
	const { throttle: one, clock } = throttle();
	const waits: number[] = [];
	for (let n = 0; n < 11; n++) {
		one.wrong("page", HERE);
		const wait = one.waitOf("page", HERE);
		waits.push(wait);
		clock.move(wait);
		expect(one.waitOf("page", HERE)).toBe(0);
	}
	expect(waits.slice(0, 6)).toEqual([0, 0, 1000, 2000, 4000, 8000]);
	expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
	expect(one.waitOf("another", HERE)).toBe(0);
	expect(one.waitOf(undefined, HERE)).toBe(0);
});

test("pages that forget who they are make their address wait after a hundred", () => {
	const { throttle: one, clock } = throttle();
	for (let n = 1; n < FREE_OF_ADDRESS; n++) one.wrong(n % 2 === 0 ? undefined : `p${n}`, HERE);
	expect(one.waitOf("new", HERE)).toBe(0);
	one.wrong(undefined, HERE);
	expect(one.waitOf("new", HERE)).toBe(30_000);
	expect(one.waitOf("new", "192.0.2.8")).toBe(0);
	// One each half minute goes on.
	clock.move(30_000);
	expect(one.waitOf("new", HERE)).toBe(0);
	one.wrong(undefined, HERE);
	expect(one.waitOf("new", HERE)).toBe(30_000);
	clock.move(30_000 * FREE_OF_ADDRESS);
	for (let n = 1; n < FREE_OF_ADDRESS; n++) one.wrong(undefined, HERE);
	expect(one.waitOf("new", HERE)).toBe(0);
});

test("addresses of one IPv6 network count together", () => {
	const { throttle: one } = throttle();
	for (let n = 0; n < FREE_OF_ADDRESS; n++) one.wrong(undefined, `2001:db8::${n + 1}`);
	expect(one.waitOf(undefined, "2001:db8::ffff")).toBeGreaterThan(0);
	expect(one.waitOf(undefined, "2001:db8:1::1")).toBe(0);
});

test("of very many pages the one that guessed longest ago is forgotten", () => {
	const { throttle: one } = throttle();
	for (let n = 0; n < 4; n++) one.wrong("guesser", HERE);
	for (let n = 0; n < 9_999; n++) one.wrong(`p${n}`, `10.0.${n >> 8}.${n & 255}`);
	expect(one.waitOf("guesser", "192.0.2.9")).toBeGreaterThan(0);
	one.wrong("p-last", "10.9.9.9");
	expect(one.waitOf("guesser", "192.0.2.9")).toBe(0);
});
