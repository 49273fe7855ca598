// Names what a file of src exports and no other file uses: it is its own, or dead. Types are left out: a type that is
// part of an exported function is often named by no one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

const EXPORTED = /^export (?:async )?(?:abstract )?(?:const|function|class) (\w+)/gm;
const WORD = /\w+/g;
/** Where something of src may be used. */
const FOLDERS = ["src", "test", "scripts", "bench", "examples"];

/** The text of every TypeScript file that may use something of src, by its path in the repo. */
export function readTexts(root: string): Map<string, string> {
	const paths = FOLDERS.flatMap((folder) => [
		...new Glob(`${folder}/**/*.{ts,tsx}`).scanSync(root),
	]);
	return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** A line for each export of src that is used in its own file at most. @param texts By path in the repo. */
export function unusedExports(texts: ReadonlyMap<string, string>): string[] {
	const files = new Map<string, number>();
	for (const text of texts.values()) {
		for (const word of new Set(text.match(WORD))) files.set(word, (files.get(word) ?? 0) + 1);
	}
	return [...texts]
		.filter(([path]) => path.startsWith("src/"))
		.flatMap(([path, text]) =>
			[...text.matchAll(EXPORTED)]
				.map(([, name = ""]) => name)
				.filter((name) => files.get(name) === 1)
				.map((name) => `${path} exports ${name}, which no other file uses`),
		);
}
