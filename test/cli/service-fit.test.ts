import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "../../src/cli/advice.ts";
import { serviceIni } from "../../src/cli/service.ts";
import { whyNoService } from "../../src/cli/service-fit.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const TARGET = "/etc/iotctl/iotctl.ini";
const STATE = "/var/lib/iotctl";

describe("whether a service can run with an ini", () => {
	let hidden: string;
	let seen: string;
	beforeAll(() => {
		// Not tmpdir(), which a user may have anywhere.
		hidden = mkdtempSync("/tmp/iotctl-fit-");
		// A place that services see and every user may write to.
		seen = mkdtempSync("/dev/shm/iotctl-fit-");
		chmodSync(seen, 0o755);
	});
	afterAll(() => {
		for (const folder of [hidden, seen]) rmSync(folder, { recursive: true });
	});
	const why = (text: string, folder = seen, mode = 0o644) => {
		const path = join(folder, "x.ini");
		writeFileSync(path, text);
		chmodSync(path, mode);
		return whyNoService(path, TARGET, STATE, SERVER_MODULES.ini);
	};

	test("the one that install writes fits", () => {
		expect(why(serviceIni(SERVER_MODULES.ini))).toBeUndefined();
		expect(why("[core]\nuserdir = /var/lib/iotctl/second\n")).toBeUndefined();
	});

	test("one in a place that is hidden from services does not, by whatever name", () => {
		const more = `sudo install -D -m 644 ${quoted(`${hidden}/x.ini`)} ${TARGET} && sudo iotctl service install`;
		expect(why(serviceIni(SERVER_MODULES.ini), hidden)).toBe(
			`a service cannot access /tmp, where "${hidden}/x.ini" is; copy it and install again: ${more}`,
		);
		symlinkSync(join(hidden, "x.ini"), join(seen, "link.ini"));
		expect(whyNoService(join(seen, "link.ini"), TARGET, STATE, SERVER_MODULES.ini)).toContain(
			"cannot access /tmp",
		);
	});

	test("one with a password file that only root reads does not, unless that is in the state directory", () => {
		writeFileSync(join(seen, "pw"), "x", { mode: 0o600 });
		const ini = (path: string) =>
			`[core]\nuserdir = ${STATE}\n[core-mqtt]\npassword-file = ${path}\n`;
		expect(why(ini(join(seen, "pw")))).toContain("cannot read password-file in [core-mqtt]");
		expect(why(ini(`${STATE}/pw`))).toBeUndefined();
		chmodSync(join(seen, "pw"), 0o644);
		expect(why(ini(join(seen, "pw")))).toBeUndefined();
	});

	test("one that only root reads does not, nor one in a folder of theirs", () => {
		expect(why(serviceIni(SERVER_MODULES.ini), seen, 0o600)).toContain(
			`which cannot read "${seen}/x.ini"`,
		);
		mkdirSync(join(seen, "own"), { mode: 0o700 });
		expect(why(serviceIni(SERVER_MODULES.ini), join(seen, "own"))).toContain(
			`which cannot read "${seen}/own"`,
		);
	});

	test.each([
		["", `userdir in [core] is "`],
		["[core]\nuserdir = /home/pi/x\n", `userdir in [core] is "/home/pi/x"; set userdir = ${STATE}`],
		["[core]\nuserdir = /var/lib/iotctl2\n", `userdir in [core] is "/var/lib/iotctl2"`],
		[
			"[core]\nuserdir = /var/lib/iotctl\n[tls]\ncert = /home/pi/c.pem\nkey = k.pem\n",
			"cannot access /home, where cert in [tls]",
		],
		// What ProtectHome hides from a service (systemd.exec).
		...["/home", "/root", "/run/user"].map((home): [string, string] => [
			`[core]\nuserdir = /var/lib/iotctl\n[core-mqtt]\npassword-file = ${home}/pw\n`,
			`cannot access ${home}, where password-file in [core-mqtt]`,
		]),
		[
			"[core]\nuserdir = /var/lib/iotctl\n[core-db]\nurl = ../../../home/pi/x.db\n",
			"cannot access /home, where url in [core-db]",
		],
	])("%j does not fit", (text, reason) => {
		expect(why(text)).toContain(reason);
	});
});
