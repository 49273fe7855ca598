import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

const TESTS = join(import.meta.dir, "..");
/** More than Bun grants a test or a hook when it is not told otherwise. */
const OVER_THE_DEFAULT_MS = 5100;

let hookEnded = false;
beforeAll(async () => {
	await Bun.sleep(OVER_THE_DEFAULT_MS);
	hookEnded = true;
});

test("a hook is given the time that support/waiting.ts says", () => expect(hookEnded).toBe(true));

test("and so is a test", () => Bun.sleep(OVER_THE_DEFAULT_MS));

test("no test brings a limit of its own: they are all in support/waiting.ts", () => {
	// The last argument behind a function: on its last line, or on a line of its own before the end.
	const own = [...new Glob("**/*.test.ts").scanSync(TESTS)].filter((file) =>
		/\}, [\d_]{4,}\);$|\},\n\t*[\d_]{4,},\n\t*\);$/m.test(readFileSync(join(TESTS, file), "utf8")),
	);
	expect(own).toEqual([]);
});
