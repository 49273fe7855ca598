import { beforeEach, describe, expect, test } from "bun:test";
import { HttpPresence } from "../../../src/csm/http-devices/http-presence.ts";
import { ManualClock } from "../../support/manual-clock.ts";

let told: string[];
let isOnline: boolean;
let clock: ManualClock;
let presence: HttpPresence;
beforeEach(() => {
	told = [];
	isOnline = false;
	clock = new ManualClock();
	const port = {
		isSurelyOnline: () => isOnline,
		shown: (id: string, { isOpen }: { isOpen: boolean }) => {
			told.push(`${id} shown ${isOpen}`);
			isOnline = true;
		},
		ended: ({ isOpen }: { isOpen: boolean }) => {
			told.push(`ended ${isOpen}`);
			isOnline = false;
		},
	};
	presence = new HttpPresence("d", port, clock);
});

describe("§3.4 a device is there", () => {
	test("for 30 s after it last sent or asked", () => {
		presence.seen();
		clock.move(20_000);
		presence.seen();
		clock.move(29_999);
		expect(told).toEqual(["d shown true"]);
		clock.move(1);
		expect(told).toEqual(["d shown true", "ended false"]);
		presence.seen();
		expect(told).toHaveLength(3);
	});

	test("as long as it listens, and no longer if it did nothing else", () => {
		presence.streamOpened();
		clock.move(3_600_000);
		presence.streamOpened();
		presence.streamClosed();
		expect(told).toEqual(["d shown true"]);
		presence.streamClosed();
		expect(told).toEqual(["d shown true", "ended false"]);
	});

	test("after it listened, while it goes on sending", () => {
		presence.streamOpened();
		presence.seen();
		presence.streamClosed();
		expect(told).toHaveLength(1);
		clock.move(30_000);
		expect(told).toEqual(["d shown true", "ended false"]);
	});

	test("while it listens, although it has long stopped sending", () => {
		presence.seen();
		presence.streamOpened();
		clock.move(60_000);
		expect(told).toHaveLength(1);
	});

	test("and says so again when something else had it offline", () => {
		presence.streamOpened();
		isOnline = false;
		presence.streamGoesOn();
		expect(told).toEqual(["d shown true", "d shown true"]);
		presence.streamGoesOn();
		expect(told).toHaveLength(2);
	});
});

test("one timer is enough, however often it sends", () => {
	for (let count = 0; count < 1000; count++) presence.seen();
	expect(clock.planned).toBe(1);
});

test("what was before a registration is not told after it", () => {
	presence.seen();
	presence.streamOpened();
	presence.forget();
	presence.streamClosed();
	clock.move(60_000);
	expect(told).toEqual(["d shown true"]);
	expect(clock.planned).toBe(0);
});
