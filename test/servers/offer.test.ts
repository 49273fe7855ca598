import { expect, test } from "bun:test";
import { Offer } from "../../src/servers/offer.ts";

test("a module finds what it has the key of, the first of several", () => {
	const lamps = new Offer<() => string>();
	const shades = new Offer<number>();
	const nothing = new Offer<number>();
	const offered = [shades.of(0), lamps.of(() => "first"), lamps.of(() => "second")];
	expect(lamps.first(offered)?.()).toBe("first");
	expect(shades.first(offered)).toBe(0);
	expect(nothing.first(offered)).toBeUndefined();
});
