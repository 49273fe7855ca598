import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { localTime } from "../../src/kit/local-time.ts";

const MODULE = join(import.meta.dir, "../../src/kit/local-time.ts");
/** Both sides of a change to summer time and back, a leap day, and moments before 1970 and beyond 2038. */
const MOMENTS = [
	"2026-03-29T00:59:59.999Z",
	"2026-03-29T01:00:00.000Z",
	"2026-10-25T00:59:59.000Z",
	"2026-10-25T01:00:00.001Z",
	"2024-02-29T23:30:00.050Z",
	"1969-12-31T23:59:59.500Z",
	"2050-07-01T12:00:00.000Z",
].map((text) => Date.parse(text));

/** What both sources make of the moments in a zone, in a process of its own: zones are read once. */
function inZone(zone: string) {
	const script = `
		const { fieldsOfRuntime, fieldsOfSystem } = await import(${JSON.stringify(MODULE)});
		const moments = ${JSON.stringify(MOMENTS)};
		console.log(JSON.stringify({
			system: moments.map((ms) => fieldsOfSystem(ms)),
			runtime: moments.map((ms) => fieldsOfRuntime(ms)),
		}));`;
	const run = Bun.spawnSync([process.execPath, "-e", script], {
		env: { ...process.env, TZ: zone },
	});
	return JSON.parse(run.stdout.toString());
}

describe("the time on the wall", () => {
	test.each(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"])(
		"is the same by the system and by the runtime in %s",
		(zone) => {
			const { system, runtime } = inZone(zone);
			expect(system).toEqual(runtime);
		},
	);

	test("has all its digits", () => {
		const shown = localTime(Date.parse("2026-03-01T04:05:06.007Z"));
		expect(shown).toMatch(/^2026-0[23]-\d\d \d\d:\d\d:06\.007$/);
	});
});
