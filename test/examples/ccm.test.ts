// examples/ccm: a project made by a program, which is also the device in it.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ADMIN, addAdmin, makeToken } from "../support/logins.ts";
import { hasProgram } from "../support/programs.ts";
import { startWithCcm, type Target } from "../support/target.ts";
import { EXAMPLES, Program } from "./program.ts";

// Debian's interpreter: that is where its paho is.
const PYTHON = "/usr/bin/python3";
const hasPaho = hasProgram(PYTHON, "-c", "import paho.mqtt.client");

describe.if(hasPaho)("examples/ccm", () => {
	// Each test its own: the first login makes the account.
	let target: Target;
	beforeEach(async () => {
		target = await startWithCcm();
	});
	afterEach(() => target.dispose());

	const run = (server = target.http, ...more: string[]) =>
		new Program([PYTHON, join(EXAMPLES, "ccm/project.py"), "--server", server, ...more]).ended();

	test("makes what is missing, binds its device and sees data; and once more", async () => {
		for (const id of [1, 2]) {
			const { code, lines, err } = await run();
			expect([code, err]).toEqual([0, ""]);
			expect(lines).toEqual([
				"logged in as example with id 1",
				`project ${id} is on`,
				"bound thermometer",
				"sent [21.5], received [70.7]",
			]);
		}
	});

	test("makes a project where logins are required, with a token for its device", async () => {
		const closed = await startWithCcm({ core: { auth: "on" } });
		addAdmin(closed);
		const login = ["--user", ADMIN.username, "--password", ADMIN.password];
		const without = await run(closed.http, ...login);
		expect([without.code, without.err]).toEqual([
			1,
			expect.stringContaining("a registration token is needed"),
		]);
		const { code, lines } = await run(closed.http, ...login, "--token", makeToken(closed, "own"));
		expect([code, lines.at(-1)]).toEqual([0, "sent [21.5], received [70.7]"]);
		await closed.dispose();
	});

	test("says in one line what is wrong", async () => {
		const { code, err } = await run();
		expect([code, err]).toEqual([0, ""]);
		const wrong = await run(target.http, "--password", "another password");
		expect([wrong.code, wrong.err]).toEqual([1, "project.py: invalid username or password\n"]);
		const away = await run("http://127.0.0.1:1");
		expect([away.code, away.err.split("\n").length]).toEqual([1, 2]);
	});
});
