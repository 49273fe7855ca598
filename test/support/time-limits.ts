// Preloaded by bunfig.toml: gives every test and hook the same time, however the tests are started.
// Bun forgets a default set in a preload at the second file, and bunfig.toml has no key for it; so each
// test file sets it itself, in front of its first line.
import { plugin } from "bun";
import { TEST_MS } from "./waiting.ts";

const SET = `import { setDefaultTimeout as setTimeLimit } from "bun:test"; setTimeLimit(${TEST_MS}); `;

plugin({
	name: "time limits of tests",
	setup(build) {
		build.onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => ({
			contents: SET + (await Bun.file(path).text()),
			loader: "ts",
		}));
	},
});
