import { spawnSync } from "node:child_process";

/**
 * Whether a program is there and, with arguments, ends well with them; says so by name when it is not, so that a skipped test is no secret.
 * Where CI=true nothing may be missing.
 */
export function hasProgram(name: string, ...args: string[]): boolean {
	const found =
		Bun.which(name) !== null &&
		(args.length === 0 || spawnSync(name, args, { stdio: "ignore" }).status === 0);
	if (!found) {
		const what = `${[name, ...args].join(" ")} does not work here`;
		if (process.env.CI === "true") throw new Error(`${what}; CI installs it`);
		console.warn(`Skipping tests: ${what}`);
	}
	return found;
}
