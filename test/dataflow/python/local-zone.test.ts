import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localZone, Zone } from "../../../src/dataflow/python/local-zone.ts";
import { PosixRule } from "../../../src/dataflow/python/posix-rule.ts";
import { allZones } from "../../../src/dataflow/python/zones.ts";
import { hasFile } from "../../support/programs.ts";

const zones = allZones();
const inside = (name: string) => zones.get(name);
const seconds = (text: string) => Date.parse(text) / 1000;
let dir: string;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "iotctl-zone-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Offset in hours and name at a moment. */
function at(zone: Zone, text: string): [number, string] {
	const { offset, name } = zone.at(seconds(text));
	return [offset / 3600, name];
}

describe("the local zone", () => {
	test.each([
		["Asia/Taipei", "2026-07-01T00:00Z", 8, "CST"],
		[":Europe/Berlin", "2026-07-01T00:00Z", 2, "CEST"],
		["Europe/Berlin", "2026-12-01T00:00Z", 1, "CET"],
		["Australia/Sydney", "2026-12-01T00:00Z", 11, "AEDT"],
		["CST-8", "2026-07-01T00:00Z", 8, "CST"],
		["<+0545>-5:45", "2026-07-01T00:00Z", 5.75, "+0545"],
		["EST5EDT,M3.2.0,M11.1.0", "2026-07-01T00:00Z", -4, "EDT"],
		["AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T00:00Z", 11, "AEDT"],
		["", "2026-07-01T00:00Z", 0, "UTC"],
		["No/Such", "2026-07-01T00:00Z", 0, "UTC"],
		["../../etc/passwd", "2026-07-01T00:00Z", 0, "UTC"],
		["/etc/passwd", "2026-07-01T00:00Z", 0, "UTC"],
		["/no/such/file", "2026-07-01T00:00Z", 0, "UTC"],
	])("TZ=%s at %s is %d hours, %s", (tz, moment, hours, name) => {
		expect(at(localZone(tz, inside), moment)).toEqual([hours, name]);
	});

	test.each(["a copied file", "a link"])("a path in TZ may be %s", (kind) => {
		const path = join(dir, kind.replaceAll(" ", "-"));
		writeFileSync(join(dir, "zone"), zones.get("Asia/Tokyo") ?? "");
		if (kind === "a link") symlinkSync(join(dir, "zone"), path);
		else writeFileSync(path, zones.get("Asia/Tokyo") ?? "");
		expect(at(localZone(path, inside), "2026-07-01T00:00Z")).toEqual([9, "JST"]);
	});

	test.each([10, 44, 60, 200])("a file cut off after %d bytes counts as none", (length) => {
		const path = join(dir, `cut-${length}`);
		writeFileSync(path, zones.get("Europe/Berlin")?.subarray(0, length) ?? "");
		expect(at(localZone(path, inside), "2026-07-01T00:00Z")).toEqual([0, "UTC"]);
	});

	test("changes at the second, this year and in fifty", () => {
		const berlin = Zone.fromFile(zones.get("Europe/Berlin") ?? Buffer.alloc(0));
		const hours = (text: string) => (berlin?.at(seconds(text)).offset ?? 0) / 3600;
		for (const [last, first, before, after] of [
			["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", 1, 2],
			["2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", 2, 1],
			["2076-03-29T00:59:59Z", "2076-03-29T01:00:00Z", 1, 2],
			["2076-10-25T00:59:59Z", "2076-10-25T01:00:00Z", 2, 1],
		] as const) {
			expect([hours(last), hours(first)]).toEqual([before, after]);
		}
	});
});

describe("a rule", () => {
	test.each(["", "UTC", "X5", "CST8,", "EST5EDT,M13.1", "EST5EDT,M3.2.0", "A\nB5", "<ab>1"])(
		"%j is none",
		(text) => {
			expect(PosixRule.parse(text)).toBeUndefined();
		},
	);

	test("takes days of the year with and without the leap day", () => {
		const julian = PosixRule.parse("AAA0BBB,J60/0,J300/0");
		expect(julian?.at(seconds("2024-02-29T23:59:59Z")).name).toBe("AAA");
		expect(julian?.at(seconds("2024-03-01T00:00:00Z")).name).toBe("BBB");
		const counted = PosixRule.parse("AAA0BBB,59/0,300/0");
		expect(counted?.at(seconds("2024-02-28T23:59:59Z")).name).toBe("AAA");
		expect(counted?.at(seconds("2024-02-29T00:00:00Z")).name).toBe("BBB");
	});
});

describe("the zones inside", () => {
	test("are all of them", () => {
		expect(zones.size).toBeGreaterThan(590);
		for (const name of ["UTC", "Asia/Taipei", "America/Argentina/Ushuaia", "Asia/Calcutta"]) {
			expect(zones.has(name)).toBe(true);
		}
	});

	const system = "/usr/share/zoneinfo";
	// Zones whose rules have not changed for years, so that older and newer machines agree.
	const steady = [
		...["Asia/Taipei", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Jerusalem"],
		...["Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Moscow", "America/New_York"],
		...["America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Auckland"],
		...["Pacific/Apia", "Africa/Johannesburg", "Asia/Singapore", "Asia/Hong_Kong", "UTC"],
	];
	test.if(hasFile(`${system}/Asia/Taipei`)).each(steady)(
		"%s is what the machine's own says from 1970 to 2070",
		(name) => {
			const theirs = Zone.fromFile(readFileSync(`${system}/${name}`));
			const ours = Zone.fromFile(zones.get(name) ?? Buffer.alloc(0));
			const differences: unknown[] = [];
			for (let time = 0; time < seconds("2070-01-01T00:00Z"); time += 7 * 3600) {
				const [own, other] = [ours?.at(time), theirs?.at(time)];
				if (own?.offset === other?.offset && own?.name === other?.name) continue;
				differences.push([new Date(time * 1000).toISOString(), own, other]);
			}
			expect(differences.slice(0, 3)).toEqual([]);
		},
	);
});
