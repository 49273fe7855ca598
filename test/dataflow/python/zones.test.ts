import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { Zone } from "../../../src/dataflow/python/local-zone.ts";
import { allZones, ZONES_VERSION } from "../../../src/dataflow/python/zones.ts";
import { hasFile } from "../../support/programs.ts";

const zones = allZones();
const SYSTEM = "/usr/share/zoneinfo";
const DAY = 86_400;

function zone(name: string): Zone {
	const read = Zone.fromFile(zones.get(name) ?? Buffer.alloc(0));
	if (read === undefined) throw new Error(`There is no zone ${name}`);
	return read;
}

describe("zones", () => {
	test("are all there, under their old names too, each a zone file", () => {
		expect(ZONES_VERSION).toMatch(/^20\d\d[a-z]$/);
		expect(zones.size).toBeGreaterThan(500);
		for (const name of zones.keys()) expect(() => zone(name)).not.toThrow();
		expect(zones.get("Asia/Calcutta")).toEqual(zones.get("Asia/Kolkata") ?? Buffer.alloc(0));
	});

	test.each([
		["Asia/Taipei", "CST-8"],
		["Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"],
		["America/New_York", "EST5EDT,M3.2.0,M11.1.0"],
		["Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"],
		["Asia/Kathmandu", "<+0545>-5:45"],
		["Etc/UTC", "UTC0"],
	])("%s ends with the rule %s", (name, rule) => {
		expect(zones.get(name)?.toString("latin1")).toEndWith(`\n${rule}\n`);
	});

	test.if(hasFile(`${SYSTEM}/Europe/Berlin`))(
		"tell the time that the system's own tell, from 1972 to 2060",
		() => {
			const begin = Date.UTC(1972, 0, 1) / 1000;
			const end = Date.UTC(2060, 0, 1) / 1000;
			const wrong: unknown[] = [];
			for (const name of ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Tokyo"]) {
				const path = `${SYSTEM}/${name}`;
				if (!existsSync(path)) continue;
				const system = Zone.fromFile(readFileSync(path));
				const own = zone(name);
				for (let at = begin; at < end; at += 5 * DAY) {
					const [ours, theirs] = [own.at(at), system?.at(at)];
					if (ours.offset !== theirs?.offset) wrong.push([name, new Date(at * 1000), ours, theirs]);
				}
			}
			expect(wrong).toEqual([]);
		},
	);
});
