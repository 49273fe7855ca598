import { ConfigError } from "../kit/mod.ts";

const VARIABLE = "IOTCTL_PASSWORD";
const CTRL_C = "\u0003";
const BACKSPACE = /[\b\u007f]/;

/**
 * A password from a terminal (twice, unseen), from a pipe (its first line), or from IOTCTL_PASSWORD;
 * never from the command line, which every user of the machine can read.
 * @throws ConfigError when it is not given.
 */
export async function readPassword(prompt: string): Promise<string> {
	const given = process.env[VARIABLE];
	if (given !== undefined) return given;
	if (!process.stdin.isTTY) {
		// PowerShell's pipes begin with a byte order mark.
		const piped = (await Bun.stdin.text()).replace(/^\uFEFF/, "");
		return piped.split(/\r?\n/, 1)[0] ?? "";
	}
	const [first = "", second] = await typeUnseen([`${prompt}: `, "Repeat it: "]);
	if (first !== second) throw new ConfigError("the passwords do not match; nothing was changed");
	return first;
}

/** What is typed behind each prompt, key by key, so that what was typed ahead is not lost. */
async function typeUnseen(prompts: readonly string[]): Promise<string[]> {
	const { promise, resolve, reject } = Promise.withResolvers<string[]>();
	const lines: string[] = [];
	let line = "";
	const onKey = (key: string) => {
		if (key === CTRL_C) {
			reject(new ConfigError("cancelled; nothing was changed"));
		} else if (key === "\r" || key === "\n") {
			lines.push(line);
			line = "";
			process.stderr.write(`\n${prompts[lines.length] ?? ""}`);
			if (lines.length === prompts.length) resolve(lines);
		} else {
			line = BACKSPACE.test(key) ? line.slice(0, -1) : line + key;
		}
	};
	const onData = (chunk: Buffer) => {
		for (const key of chunk.toString()) onKey(key);
	};
	const onEnd = () => reject(new ConfigError("the input ended; nothing was changed"));
	const { stdin } = process;
	stdin.setRawMode(true);
	stdin.on("data", onData).once("end", onEnd);
	process.stderr.write(prompts[0] ?? "");
	try {
		return await promise;
	} finally {
		stdin.off("data", onData).off("end", onEnd);
		stdin.setRawMode(false);
		stdin.pause();
	}
}
