import { describe, expect, test } from "bun:test";
import { SHELL_COMMANDS } from "../../../../src/cli/shell/commands/commands.ts";
import { config as command } from "../../../../src/cli/shell/commands/config.ts";
import { SERVER_MODULES } from "../../../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const context = {
	modules: SERVER_MODULES,
	config: INI.parse(
		"x.ini",
		"[core]\nbind = ::1\n[core-mqtt]\npassword = secret\n[core-db]\npasswd = secret\n",
		"/home/pi",
	),
	commands: SHELL_COMMANDS,
	interrupted: () => Promise.resolve(),
};

async function shown(section: string): Promise<string> {
	const printed: string[] = [];
	await command.run({ ...context, print: (text) => printed.push(text) }, section);
	return printed.join("\n");
}

describe("config in the shell", () => {
	test("shows a section as an ini that would be read the same", async () => {
		const text = await shown("core");
		expect(text).toContain("[core]\nuserdir = /home/pi/.iottalk\nbind = ::1\n");
		expect(INI.parse("y.ini", text, "/home/pi").core).toEqual(context.config.core);
	});

	test("shows all sections, and no secrets or keys without a use", async () => {
		const text = await shown("");
		for (const { name } of INI.sections) expect(text).toContain(`[${name}]`);
		expect(text).not.toContain("secret");
		expect(text).not.toContain("passwd");
	});

	test("of an unknown section names the known ones", async () => {
		await expect(shown("cor")).rejects.toThrow('unknown section "cor": known are core, core-db,');
	});
});
