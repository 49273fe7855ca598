// Passwords typed at a terminal, which `script` stands in for.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestHome } from "../support/binary.ts";
import { hasProgram } from "../support/programs.ts";
import { BINARY } from "../support/target.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

/** A command line for a shell, whatever folder the program is in. */
const shellWords = (words: string[]) => words.map((word) => `'${word}'`).join(" ");

describe.if(hasProgram("script"))("a password at a terminal", () => {
	let home: TestHome;
	beforeAll(async () => {
		home = await TestHome.withDatabase("password");
	});
	afterAll(() => home.clear());

	function typed(keys: string, ...words: string[]): { exitCode: number; screen: string } {
		const command = shellWords([BINARY, "-c", home.ini, ...words]);
		const { exitCode, stdout } = Bun.spawnSync(["script", "-qec", command, "/dev/null"], {
			stdin: Buffer.from(keys),
			env: { PATH: process.env.PATH ?? "", HOME: home.folder },
			timeout: LONG_DEADLINE_MS,
		});
		return { exitCode, screen: stdout.toString() };
	}

	/** Ctrl-C behind the prompt. @returns what is on the screen. */
	async function brokenOff(...words: string[]): Promise<string> {
		const command = shellWords([BINARY, "-c", home.ini, ...words]);
		const terminal = Bun.spawn(["script", "-qec", command, "/dev/null"], {
			stdin: "pipe",
			stdout: "pipe",
		});
		let screen = "";
		let isPressed = false;
		for await (const chunk of terminal.stdout) {
			screen += new TextDecoder().decode(chunk);
			if (isPressed || !screen.includes("Password for")) continue;
			isPressed = true;
			terminal.stdin.write("abc\x03");
			terminal.stdin.flush();
		}
		expect(await terminal.exited).toBe(1);
		return screen;
	}

	test("is asked for twice and not shown", () => {
		const { exitCode, screen } = typed(
			"long enough pX\x7fw\rlong enough pw\r",
			"user",
			"add",
			"ann",
		);
		expect([exitCode, screen]).toEqual([0, expect.stringContaining("Added administrator ann")]);
		expect(screen).toContain("Repeat it: ");
		expect(home.run("user", "list").out).toContain("ann");
	});

	test("typed in two ways, too short, or broken off changes nothing", async () => {
		expect(typed("first password\rsecond password\r", "user", "add", "bob").screen).toContain(
			"do not match",
		);
		expect(typed("short\rshort\r", "user", "add", "bob").screen).toContain("8 to 1000 characters");
		expect(await brokenOff("user", "add", "bob")).toContain("nothing was changed");
		expect(home.run("user", "list").out).not.toContain("bob");
	});
});
