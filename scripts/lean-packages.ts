import { readFileSync } from "node:fs";
import type { BunPlugin } from "bun";

/** An import of a package that this program makes no use of, or of which it needs one function. */
interface Spared {
	/** Below `node_modules`. */
	readonly file: string;
	readonly text: string;
	/** What stands in its place. */
	readonly instead: string;
}

/** As `node:util` has them, for what these packages do with them. */
const INHERITS =
	"function inherits(one, other) { one.super_ = other; Object.setPrototypeOf(one.prototype, other.prototype); }";
const PROMISIFY =
	"const promisify = (call) => function (...args) { return new Promise((resolve, reject) => call.call(this, ...args, (error, value) => error ? reject(error) : resolve(value))); };";

/**
 * Imports that stay out of the executable. The modules of the runtime that they name take memory and time when they are
 * first imported, used or not: `worker_threads`, say, 70 KB and a millisecond of each start.
 */
const SPARED: readonly Spared[] = [
	// Its trace of each packet, which only DEBUG in the environment turns on.
	...["parser", "writeToStream"].map((name) => ({
		file: `mqtt-packet/${name}.js`,
		text: "require('debug')",
		instead: "(() => () => {})",
	})),
	...["aedes.js", "lib/handlers/connect.js"].map((name) => ({
		file: `aedes/${name}`,
		text: "import { randomUUID } from 'node:crypto'",
		instead: "const randomUUID = () => crypto.randomUUID()",
	})),
	{ file: "bl/bl.js", text: "require('inherits')", instead: INHERITS },
	{
		file: "aedes/aedes.js",
		text: "import { promisify } from 'node:util'",
		instead: PROMISIFY,
	},
	{
		file: "aedes/lib/client.js",
		text: "import util from 'util'",
		instead: `const util = { inherits: ${INHERITS} }`,
	},
	...["aedes/qlobber-sub.js", "lib/qlobber.js"].map((name) => ({
		file: `qlobber/${name}`,
		text: "util = require('util')",
		instead: `util = { inherits: ${INHERITS} }`,
	})),
	{
		file: "mqemitter/mqemitter.js",
		text: "require('assert')",
		instead: '((is) => { if (!is) throw new Error("an argument is missing") })',
	},
	// Log lines go to a destination of our own: neither to a file of pino's, nor to another thread.
	{ file: "pino/lib/tools.js", text: "require('sonic-boom')", instead: "class {}" },
	{
		file: "pino/lib/tools.js",
		text: "require('worker_threads')",
		instead: "{ isMainThread: true }",
	},
	{ file: "pino/lib/tools.js", text: "require('./transport')", instead: "undefined" },
	{ file: "pino/pino.js", text: "require('./lib/caller')", instead: "(() => [])" },
	{ file: "pino/pino.js", text: "require('./lib/transport')", instead: "undefined" },
	// No command is a program of its own.
	{ file: "commander/lib/command.js", text: "require('node:child_process')", instead: "undefined" },
];

/** Bundles packages without what they import in vain. */
export const leanPackages: BunPlugin = {
	name: "lean-packages",
	setup(build) {
		// The parser of MQTT packets keeps bytes in a list that is a stream as well: nothing uses it as one, so it may be
		// Bun's own kind, which is loaded anyway. MQTT.js keeps the package it was made for.
		build.onResolve({ filter: /^readable-stream$/ }, ({ importer }) =>
			/\/node_modules\/bl\/bl\.js$/.test(importer)
				? { path: "node:stream", external: true }
				: undefined,
		);
		const files = [...new Set(SPARED.map(({ file }) => RegExp.escape(file)))];
		const filter = new RegExp(`/node_modules/(?:${files.join("|")})$`);
		build.onLoad({ filter }, ({ path }) => ({
			contents: withoutSpared(readFileSync(path, "utf8"), path),
			loader: "js",
		}));
	},
};

/** @throws Error when the file has changed, with its package, so that an import is not found. */
function withoutSpared(text: string, path: string): string {
	const found = SPARED.filter(({ file }) => path.endsWith(`/node_modules/${file}`));
	return found.reduce((left, { text: spared, instead }) => {
		if (!left.includes(spared)) throw new Error(`${path} has no ${spared}: see lean-packages.ts`);
		return left.replace(spared, () => instead);
	}, text);
}
