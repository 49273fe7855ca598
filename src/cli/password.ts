import { ConfigError } from "../errors.ts";

const VARIABLE = "IOTCTL_PASSWORD";
const CTRL_C = "\u0003";
const BACKSPACE = /[\b\u007f]/;

/**
 * A password from a terminal (twice, unseen), from a pipe (its first line), or from IOTCTL_PASSWORD;
 * never from the command line, which everybody on the machine can read.
 * @throws ConfigError when it cannot be had.
 */
export async function readPassword(prompt: string): Promise<string> {
	const given = process.env[VARIABLE];
	if (given !== undefined) return given;
	if (!process.stdin.isTTY) return (await Bun.stdin.text()).split(/\r?\n/, 1)[0] ?? "";
	const first = await ask(`${prompt}: `);
	const second = await ask("Again: ");
	if (first !== second) throw new ConfigError("the two are not the same; nothing was changed");
	return first;
}

async function ask(prompt: string): Promise<string> {
	process.stderr.write(prompt);
	process.stdin.setRawMode(true);
	let typed = "";
	try {
		for await (const chunk of process.stdin) {
			for (const key of String(chunk)) {
				if (key === CTRL_C) throw new ConfigError("nothing was changed");
				if (key === "\r" || key === "\n") return typed;
				typed = BACKSPACE.test(key) ? typed.slice(0, -1) : typed + key;
			}
		}
		return typed;
	} finally {
		process.stdin.setRawMode(false);
		process.stderr.write("\n");
	}
}
