// What root types beside a service: the service's user, who is not root, must be able to use what comes of it.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import {
	chownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { isRoot } from "../support/programs.ts";
import { story } from "../support/story.ts";

/** A user without an account. */
const SERVICE = 64_123;

describe.if(isRoot("give files to other users"))("commands root types", () => {
	let home: TestHome;
	let state: string;
	beforeAll(() => {
		home = new TestHome("ownership");
		state = join(home.folder, "state");
		// As systemd makes it.
		mkdirSync(state, { mode: 0o700 });
		chownSync(state, SERVICE, SERVICE);
	});
	afterAll(() => home.clear());

	const ownersOf = (folder: string) =>
		Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).uid]));

	const step = story("they are the service's");

	step("accounts and certificates belong to whom the directory belongs", () => {
		const add = home.runWith("a long password\n", "-c", home.ini, "user", "add", "admin");
		expect([add.exitCode, add.err]).toEqual([0, ""]);
		expect(home.run("cert", "self-signed").exitCode).toBe(0);
		expect(home.run("token", "create", "class").exitCode).toBe(0);
		const owners = { ...ownersOf(state), ...ownersOf(join(state, "tls")) };
		expect(Object.keys(owners)).toContain("iottalk.db");
		expect(Object.keys(owners)).toContain("key.pem");
		expect(Object.entries(owners).filter(([, uid]) => uid !== SERVICE)).toEqual([]);
	});

	step("no file elsewhere is written or given away by a link put there", () => {
		const victim = home.write("victim", "root's own");
		const trap = join(state, "tls/key.pem");
		for (const name of ["cert.pem", "ca.pem"]) writeFileSync(join(state, "tls", name), "");
		Bun.spawnSync(["rm", trap]);
		symlinkSync(victim, trap);
		expect(home.run("cert", "self-signed", "--force").exitCode).toBe(0);
		expect(lstatSync(trap).isSymbolicLink()).toBe(false);
		expect(statSync(victim).uid).toBe(0);
		expect(Bun.spawnSync(["cat", victim]).stdout.toString()).toBe("root's own");
		Bun.spawnSync(["rm", "-r", join(state, "tls")]);
		symlinkSync(home.folder, join(state, "tls"));
		expect(home.run("cert", "self-signed", "--force").err).toContain("is a symbolic link");
	});
});
