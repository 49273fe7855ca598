import { describe, expect, test } from "bun:test";
import { AddressTurns, addressText } from "../../src/mqtt/address-turns.ts";

const at = (host: string) => ({ host, port: 1883 });

describe("addresses of a broker", () => {
	test("a single one is tried again after a pause, and gets the longest time to connect", () => {
		const turns = new AddressTurns([at("a")]);
		expect([turns.lost(0), turns.current.host, turns.connectTimeoutMs]).toEqual([
			true,
			"a",
			10_000,
		]);
	});

	test("are tried in turn without a pause, until all have failed", () => {
		const turns = new AddressTurns([at("a"), at("b"), at("c")]);
		expect(turns.connectTimeoutMs).toBe(4000);
		const tried = Array.from({ length: 6 }, () => {
			const isPause = turns.lost(0);
			return `${turns.current.host} ${isPause}`;
		});
		expect(tried).toEqual(["b false", "c false", "a true", "b false", "c false", "a true"]);
	});

	test("one that was in use is tried again first, after a pause; the count of failures starts over", () => {
		const turns = new AddressTurns([at("a"), at("b")]);
		turns.lost(0);
		expect([turns.lost(5000), turns.current.host]).toEqual([true, "b"]);
		expect([turns.lost(4999), turns.current.host]).toEqual([false, "a"]);
		expect([turns.lost(0), turns.current.host]).toEqual([true, "b"]);
	});

	test("are written as in an ini", () => {
		expect(addressText({ host: "::1", port: 1 })).toBe("[::1]:1");
		expect(new AddressTurns([at("a"), at("fe80::1")]).text).toBe("a:1883, [fe80::1]:1883");
	});
});
