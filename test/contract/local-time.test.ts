// Functions see the local time of the gateway, by the rules of its zone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allZones } from "../../src/dataflow/python/zones.ts";
import { Flow } from "../support/flow.ts";
import { startTarget } from "../support/target.ts";

const ENGINE = process.env.IOTCTL_ENGINE ?? "embedded";
/** Reading all zones may take a busy machine longer than a call usually may. */
const CALL_TIMEOUT_MS = 10_000;
const before = process.env.TZ;
let dir: string;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "iotctl-local-time-"));
	writeFileSync(join(dir, "copy"), allZones().get("Asia/Tokyo") ?? "");
});
afterAll(() => rmSync(dir, { recursive: true }));

const CODE = `
import datetime, time
def moments(year):
    for month in (1, 7):
        local = time.localtime(time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1)))
        yield [local.tm_hour, local.tm_gmtoff // 60, local.tm_zone, local.tm_isdst]
        yield str(datetime.datetime(year, month, 1, 12).astimezone())
def run(x):
    skew = datetime.datetime.now() - datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    now = datetime.datetime.now().astimezone()
    return [list(moments(2026)), round(skew.total_seconds()) == now.utcoffset().total_seconds(), list(time.tzname), time.timezone]
`;

/** What a function finds out about its clock on a gateway with that TZ. */
async function askedWith(tz: string): Promise<unknown> {
	process.env.TZ = tz;
	try {
		const target = await startTarget({ esm: { engine: ENGINE, "call-timeout": CALL_TIMEOUT_MS } });
		const flow = await Flow.build(target, { idfs: [{ code: CODE }], odfs: [{}] });
		await flow.send([1]);
		const { text } = await flow.receive();
		await target.dispose();
		return JSON.parse(text);
	} finally {
		if (before === undefined) delete process.env.TZ;
		else process.env.TZ = before;
	}
}

const both = (minutes: number, name: string, offset: string, isDst = 0) => [
	[12, minutes, name, isDst],
	offset,
];

describe("local time of functions", () => {
	test.each([
		[
			"Asia/Taipei",
			...[
				both(480, "CST", "2026-01-01 12:00:00+08:00"),
				both(480, "CST", "2026-07-01 12:00:00+08:00"),
			],
			["CST", "CST"],
			-28_800,
		],
		[
			"Europe/Berlin",
			...[
				both(60, "CET", "2026-01-01 12:00:00+01:00"),
				both(120, "CEST", "2026-07-01 12:00:00+02:00", 1),
			],
			["CET", "CEST"],
			-3600,
		],
		[
			"<+0330>-3:30",
			...[
				both(210, "+0330", "2026-01-01 12:00:00+03:30"),
				both(210, "+0330", "2026-07-01 12:00:00+03:30"),
			],
			["+0330", "+0330"],
			-12_600,
		],
		[
			"EST5EDT,M3.2.0,M11.1.0",
			...[
				both(-300, "EST", "2026-01-01 12:00:00-05:00"),
				both(-240, "EDT", "2026-07-01 12:00:00-04:00", 1),
			],
			["EST", "EDT"],
			18_000,
		],
	] as const)("TZ=%s", async (tz, january, july, names, timezone) => {
		expect(await askedWith(tz)).toEqual([[...january, ...july], true, names, timezone]);
	});

	test("TZ with the path of a copied zone file", async () => {
		const tokyo = [
			...both(540, "JST", "2026-01-01 12:00:00+09:00"),
			...both(540, "JST", "2026-07-01 12:00:00+09:00"),
		];
		expect(await askedWith(`:${join(dir, "copy")}`)).toEqual([
			tokyo,
			true,
			["JST", "JST"],
			-32_400,
		]);
	});

	test("zoneinfo knows zones, their changes, and says which there are", async () => {
		const target = await startTarget({ esm: { engine: ENGINE, "call-timeout": CALL_TIMEOUT_MS } });
		const flow = await Flow.build(target, {
			idfs: [
				{
					code: "import zoneinfo\nfrom datetime import datetime, timedelta\ndef run(name, text):\n  at = datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(name))\n  return [str(at), at.tzname(), len(zoneinfo.available_timezones()) > 500]\n",
				},
			],
			odfs: [{}],
		});
		await flow.expect(["Asia/Taipei", "2026-01-01"], ["2026-01-01 00:00:00+08:00", "CST", true]);
		await flow.expect(
			["America/New_York", "2026-07-01"],
			["2026-07-01 00:00:00-04:00", "EDT", true],
		);
		await flow.expect(["Asia/Kolkata", "1944-01-01"], ["1944-01-01 00:00:00+06:30", "+0630", true]);
		await flow.expect(["Europe/Berlin", "2061-07-01"], ["2061-07-01 00:00:00+02:00", "CEST", true]);
		await target.dispose();
	});
});
