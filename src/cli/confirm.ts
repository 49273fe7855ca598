import { createInterface } from "node:readline/promises";
import { ConfigError } from "../kit/mod.ts";

/**
 * Asks on a terminal whether something may be done that cannot be undone.
 * @param what What would be done, such as `remove 3 projects`.
 * @throws ConfigError when the answer is not `yes`, or no terminal is there to ask on.
 */
export async function confirm(what: string): Promise<void> {
	if (!process.stdin.isTTY) {
		throw new ConfigError(`this would ${what}: add --yes to do it; nothing was changed`);
	}
	const asking = createInterface({ input: process.stdin, output: process.stderr });
	try {
		const answer = await asking.question(`This will ${what}. Type yes to go on: `);
		if (answer.trim().toLowerCase() === "yes") return;
	} finally {
		asking.close();
	}
	throw new ConfigError("cancelled; nothing was changed");
}
