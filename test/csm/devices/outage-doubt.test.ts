import { beforeEach, describe, expect, test } from "bun:test";
import { OutageDoubt } from "../../../src/csm/devices/outage-doubt.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const MINUTE = 60_000;
const CONFIRM_MS = 150_000;

let clock: ManualClock;
/** How the doubts have ended. */
let ended: string[];
/** When another node has reached the broker first; undefined: none does. */
let since: number | undefined;
let doubt: OutageDoubt;
beforeEach(() => {
	clock = new ManualClock(MINUTE);
	ended = [];
	since = undefined;
	const broker = {
		reachedByOthers: (ms: number) => since !== undefined && clock.now() - since >= ms,
	};
	const note = (wasThere: boolean) =>
		ended.push(`${wasThere ? "there" : "away"} after ${(clock.now() - MINUTE) / 1000} s`);
	doubt = new OutageDoubt({ confirmSeconds: CONFIRM_MS / 1000 }, { broker, ended: note, clock });
});

describe("devices of a server that had lost its broker", () => {
	test("are as they were when another node had it all the while, which is known after a minute", () => {
		since = 0;
		doubt.begin(5000);
		clock.move(MINUTE - 1);
		expect(ended).toEqual([]);
		clock.move(CONFIRM_MS);
		expect(ended).toEqual(["there after 60 s"]);
		expect(clock.planned).toBe(0);
	});

	test("have their time to come back when others had lost it too, or there are none", () => {
		for (const ms of [4000, 15_000, undefined]) {
			since = ms && clock.now() - ms;
			doubt.begin(5000);
			clock.move(CONFIRM_MS);
		}
		expect(ended).toEqual(["away after 150 s", "away after 300 s", "away after 450 s"]);
	});

	test("are asked about at the end as well: a database may not have answered before", () => {
		doubt.begin(5000);
		clock.move(MINUTE);
		since = 0;
		clock.move(CONFIRM_MS - MINUTE);
		expect(ended).toEqual(["there after 150 s"]);
	});

	test("of several outages in a row the first one counts, until its doubt is over", () => {
		doubt.begin(5000);
		since = clock.now() - 4000;
		clock.move(10_000);
		doubt.begin(1000);
		clock.move(CONFIRM_MS);
		expect(ended).toEqual(["away after 160 s"]);
		doubt.begin(1000);
		clock.move(MINUTE);
		expect(ended.at(-1)).toBe("there after 220 s");
	});

	test("of a server that stops are left as they are", () => {
		doubt.begin(5000);
		doubt.cancel();
		clock.move(CONFIRM_MS);
		expect(ended).toEqual([]);
	});

	test("of a server that is alone have their time", () => {
		const alone = new OutageDoubt(
			{ confirmSeconds: 150 },
			{ broker: {}, ended: (wasThere) => ended.push(String(wasThere)), clock },
		);
		alone.begin(1000);
		clock.move(CONFIRM_MS);
		expect(ended).toEqual(["false"]);
	});
});
