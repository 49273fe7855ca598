import { describe, expect, test } from "bun:test";
import { findIni, type Reach, type Surroundings } from "../../src/cli/ini-path.ts";

const OWN = "/home/pi/.iottalk/iotctl.ini";
const SERVICE = "/etc/iotctl/iotctl.ini";
const DATABASE = "/home/pi/.iottalk/iottalk.db";

function around(files: readonly string[], more: Partial<Surroundings> = {}): Surroundings {
	return {
		home: "/home/pi",
		variable: undefined,
		isRoot: false,
		exists: (path) => files.includes(path),
		...more,
	};
}

describe("the ini in use", () => {
	test("is that of -c, of IOTCTL_CONFIG, of the user directory, of the service, in this order", () => {
		const root = around([OWN, SERVICE], { isRoot: true, variable: "/v.ini" });
		expect(findIni("/c.ini", "own", root)).toEqual({ path: "/c.ini", origin: "-c" });
		expect(findIni(undefined, "own", root)).toEqual({ path: "/v.ini", origin: "IOTCTL_CONFIG" });
		for (const variable of [undefined, ""]) {
			const unset = { ...root, variable };
			expect(findIni(undefined, "own", unset)).toEqual({ path: OWN, origin: "user directory" });
		}
		const packaged = around([SERVICE], { isRoot: true });
		expect(findIni(undefined, "own", packaged)).toEqual({ path: SERVICE, origin: "service" });
		expect(findIni(undefined, "own", around([]))).toBeUndefined();
	});

	test.each<[Reach, string[], string | undefined]>([
		["own", [SERVICE], undefined],
		["service", [SERVICE], SERVICE],
		["service", [SERVICE, DATABASE], undefined],
		["service", [SERVICE, OWN], OWN],
		["service", [], undefined],
	])(
		"of a user who is not root, for a command with reach %p and files %j, is %p",
		(reach, files, path) => {
			expect(findIni(undefined, reach, around(files))?.path).toBe(path);
		},
	);
});
