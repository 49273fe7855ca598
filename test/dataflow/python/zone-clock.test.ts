import { beforeEach, describe, expect, test } from "bun:test";
import { Zone } from "../../../src/dataflow/python/local-zone.ts";
import { ZoneClock } from "../../../src/dataflow/python/zone-clock.ts";
import { allZones } from "../../../src/dataflow/python/zones.ts";

/** Where the test keeps the interpreter's struct tm, and what else it has in memory. */
const TM = 1024;
const NAMES = 2048;
const ZONES = allZones();

let memory: WebAssembly.Memory;
let view: DataView;
beforeEach(() => {
	memory = new WebAssembly.Memory({ initial: 1 });
	view = new DataView(memory.buffer);
});

function clockOf(name: string): Record<string, CallableFunction> {
	const zone = Zone.fromFile(ZONES.get(name) ?? Buffer.alloc(0)) ?? Zone.UTC;
	return new ZoneClock(memory, zone).imports;
}

/** Fields of struct tm: second, minute, hour, day, month, year, weekday, day of the year, summer time, offset. */
const read = () => Array.from({ length: 10 }, (_, n) => view.getInt32(TM + 4 * n, true));

function localtime(zone: string, moment: string): number[] {
	clockOf(zone)._localtime_js?.(BigInt(Date.parse(moment) / 1000), TM);
	return read();
}

function mktime(zone: string, [year, ...rest]: number[], isDst: number): string {
	const [month = 1, day = 1, hour = 0, minute = 0] = rest;
	const fields = [0, minute, hour, day, month - 1, (year ?? 0) - 1900, 0, 0, isDst];
	for (const [n, field] of fields.entries()) view.setInt32(TM + 4 * n, field, true);
	const seconds: bigint = clockOf(zone)._mktime_js?.(TM);
	return new Date(Number(seconds) * 1000).toISOString();
}

describe("the interpreter's clock", () => {
	test("breaks a time into the fields of the zone", () => {
		expect(localtime("Europe/Berlin", "2026-07-01T12:34:56Z")).toEqual([
			56, 34, 14, 1, 6, 126, 3, 181, 1, 7200,
		]);
		expect(localtime("Asia/Taipei", "2025-12-31T20:00:00Z")).toEqual([
			0, 0, 4, 1, 0, 126, 4, 0, 0, 28_800,
		]);
	});

	test("makes a time of fields, and puts those in order", () => {
		expect(mktime("Europe/Berlin", [2026, 7, 1, 14, 34], -1)).toBe("2026-07-01T12:34:00.000Z");
		expect(mktime("Europe/Berlin", [2026, 1, 31 + 28 + 31 + 1, 12], -1)).toBe(
			"2026-04-01T10:00:00.000Z",
		);
		expect(read().slice(3, 6)).toEqual([1, 3, 126]);
	});

	test("where the clock goes back an hour is there twice, and the flag decides", () => {
		expect(mktime("Europe/Berlin", [2026, 10, 25, 2, 30], 1)).toBe("2026-10-25T00:30:00.000Z");
		expect(mktime("Europe/Berlin", [2026, 10, 25, 2, 30], 0)).toBe("2026-10-25T01:30:00.000Z");
	});

	test("where the clock skips an hour it is before or behind it", () => {
		expect(["2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z"]).toContain(
			mktime("Europe/Berlin", [2026, 3, 29, 2, 30], -1),
		);
	});

	test("names the zone, in at most 16 letters", () => {
		const places = [NAMES, NAMES + 8, NAMES + 16, NAMES + 64];
		clockOf("Europe/Berlin")._tzset_js?.(...places);
		const text = (at: number) =>
			Buffer.from(memory.buffer, at, 16).toString("latin1").split("\0")[0];
		expect([view.getInt32(NAMES, true), view.getInt32(NAMES + 8, true)]).toEqual([-3600, 1]);
		expect([text(NAMES + 16), text(NAMES + 64)]).toEqual(["CET", "CEST"]);
		clockOf("Asia/Taipei")._tzset_js?.(...places);
		expect([view.getInt32(NAMES + 8, true), text(NAMES + 16), text(NAMES + 64)]).toEqual([
			0,
			"CST",
			"CST",
		]);
	});

	test("has no names to set in an interpreter without them", () => {
		new ZoneClock(memory, Zone.UTC).nameZone({});
		expect(new Uint8Array(memory.buffer).some((byte) => byte !== 0)).toBe(false);
	});
});
