import { describe, expect } from "bun:test";
import { ConnectRateLimit } from "../../src/broker/connect-rate-limit.ts";
import { story } from "../support/story.ts";

describe("limit of new connections", () => {
	let now = 0;
	const limit = new ConnectRateLimit({ perSecond: 10 }, () => now);
	const open = (address: string, times: number) =>
		Array.from({ length: times }, () => limit.next(address));

	const step = story("grants turns in time");

	step("ten seconds' worth at once, then one after the other", () => {
		const waits = open("192.168.1.7", 103);
		expect(waits.slice(0, 101)).toEqual(Array.from({ length: 101 }, () => 0));
		expect(waits.slice(101)).toEqual([100, 200]);
		expect(open("192.168.1.8", 1)).toEqual([0]);
	});

	step("who would wait too long is not served, and does not make the others wait longer", () => {
		open("192.168.1.7", 98);
		expect(open("192.168.1.7", 2)).toEqual([undefined, undefined]);
		now += 100;
		expect(open("192.168.1.7", 2)).toEqual([10_000, undefined]);
	});

	step("a turn given back is another one's", () => {
		limit.giveBack("192.168.1.7");
		expect(open("192.168.1.7", 2)).toEqual([10_000, undefined]);
	});

	step("after a while everything is served at once again", () => {
		now += 60_000;
		expect(open("192.168.1.7", 1)).toEqual([0]);
	});

	step("the addresses of an IPv6 network count together", () => {
		open("2001:db8::1", 101);
		expect(open("2001:db8:0:0:9::7", 1)).toEqual([100]);
		expect(open("2001:db8:0:1::1", 1)).toEqual([0]);
	});
});
