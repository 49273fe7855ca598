// Beside an installed package: whose ini a command uses. /etc is a copy that only these commands see.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asOrdinary, giveToOrdinary } from "../support/people.ts";
import { hasProgram, isRoot } from "../support/programs.ts";
import { BINARY, PATH_WITH_BINARY } from "../support/target.ts";

const INI = "/etc/iotctl/iotctl.ini";

const canMount = isRoot("mount over /etc") && hasProgram("unshare", "-m", "true");
describe.if(canMount)("beside an installed package", () => {
	let folder: string;
	let etc: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-installed-"));
		chmodSync(folder, 0o755);
		etc = join(folder, "etc");
		Bun.spawnSync(["cp", "-a", "/etc", etc]);
		mkdirSync(join(etc, "iotctl"), { recursive: true });
		const ports = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
		writeFileSync(join(etc, "iotctl/iotctl.ini"), `[core]\nuserdir = ${folder}/service\n${ports}`);
		mkdirSync(join(folder, "service"), { mode: 0o700 });
		expect(root("initdb").exitCode).toBe(0);
	});
	afterAll(() => {
		root("stop");
		rmSync(folder, { recursive: true, force: true });
	});

	function run(command: string[], home: string, more: Record<string, string> = {}) {
		const mount = 'mount --bind "$1" /etc && shift && exec "$@"';
		const { exitCode, stdout, stderr } = Bun.spawnSync(
			["unshare", "-m", "sh", "-c", mount, "sh", etc, ...command],
			{
				cwd: folder,
				env: { PATH: PATH_WITH_BINARY, HOME: home, ...more },
				stdin: Buffer.from("a long password\n"),
			},
		);
		return { exitCode, out: stdout.toString(), err: stderr.toString() };
	}

	function homeOf(name: string): string {
		const home = join(folder, name);
		mkdirSync(home, { recursive: true });
		giveToOrdinary(home);
		return home;
	}
	const root = (...words: string[]) => run([BINARY, ...words], join(folder, "root"));
	const person = (name: string, ...words: string[]) =>
		run(asOrdinary(BINARY, ...words), homeOf(name));

	test("initdb and start of an ordinary user use their own directory and the defaults", () => {
		const { exitCode, out } = person("ann", "initdb");
		expect([exitCode, out]).toEqual([
			0,
			`The database is ready: ${folder}/ann/.iottalk/iottalk.db\n`,
		]);
		expect(person("ann", "check").out).toContain("ini       none (defaults)");
		const status = person("ann", "status");
		expect([status.exitCode, status.err]).toEqual([
			3,
			`iotctl: not running (no server uses ${folder}/ann/.iottalk); start it with: iotctl start; for the service: sudo iotctl -c ${INI} status\n`,
		]);
		expect(person("ann", "user", "add", "ann").exitCode).toBe(0);
		expect(person("ann", "user", "list").out).toContain("ann ");
	});

	test.each([["status"], ["stop"], ["reload"], ["user list"], ["token create x"], ["backup b"]])(
		"%s of a user without a server of their own speaks to the service, which is not theirs",
		(words) => {
			const { exitCode, out, err } = person("bob", ...words.split(" "));
			expect([exitCode, out]).toEqual([1, ""]);
			expect(err).toEndWith(
				`permission denied; "${folder}/service" belongs to root: try sudo iotctl -c ${INI} ${words}\n`,
			);
			expect(existsSync(join(folder, "bob/.iottalk"))).toBe(false);
		},
	);

	test("root gets the service's without saying so, and reads which one it is", () => {
		expect(root("check").out).toContain(`ini       ${INI} (the service's)`);
		const started = root("start", "--detach", "csm");
		expect([started.exitCode, started.err]).toEqual([0, ""]);
		expect(started.out).toContain(`Ini        ${INI}\n`);
		expect(root("status").out).toContain(`Ini        ${INI}\n`);
		expect(root("stop").exitCode).toBe(0);
	});

	test("IOTCTL_CONFIG and an iotctl.ini in the user directory come first", () => {
		mkdirSync(join(homeOf("eve"), ".iottalk"));
		writeFileSync(join(folder, "eve/.iottalk/iotctl.ini"), `[core]\nuserdir = ${folder}/eve/a\n`);
		const own = run([BINARY, "check"], join(folder, "eve"));
		expect(own.out).toContain("eve/.iottalk/iotctl.ini (found in the user directory)");
		const other = join(folder, "other.ini");
		writeFileSync(other, "");
		const named = run([BINARY, "check"], join(folder, "eve"), { IOTCTL_CONFIG: other });
		expect(named.out).toContain(`${other} (named by IOTCTL_CONFIG)`);
		const missing = run([BINARY, "check"], folder, { IOTCTL_CONFIG: "/none.ini" });
		expect([missing.exitCode, missing.err]).toEqual([1, "iotctl: ini file not found: /none.ini\n"]);
	});
});
