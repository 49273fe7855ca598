// Holds src to the table of modules in docs/architecture.md: `bun scripts/check-imports.ts` names each import that is
// not in it, each file and function that is too long (in scripts, bench and test as well), and each export that is not
// used, and ends with 1. `--figures [FOLDER]` prints the measures of a source tree instead.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageProblems } from "./check-packages.ts";
import { readArguments } from "./program-arguments.ts";
import { figuresText, lengthProblems } from "./source-figures.ts";
import { moduleOf, otherFiles, readTree, type TreeFile } from "./source-tree.ts";
import { readTexts, unusedExports } from "./unused-exports.ts";

const ROOT = join(import.meta.dir, "..");
const DOCUMENT = "docs/architecture.md";
const BEGIN = "<!-- modules: read by scripts/check-imports.ts -->\n";
const END = "<!-- end of modules -->";
/** What src may import from outside: what is built, and files that come with the program. */
const OUTSIDE = /^\.\.\/(build\/|package\.json$|LICENSE$|THIRD_PARTY_NOTICES$)/;
/** Where the program starts: a module of its own. */
const START = "main.ts";
/** A module's ini section; it loads nothing of the module, so that reading an ini does not load the server. */
const SECTION = "config.ts";
/** The module that puts the sections of every server together. */
const SETTINGS = "settings";
/** What enters those files: besides, the list of server modules, which have sections of their own. */
const SECTION_READERS = [SETTINGS, "servers"];

/** A module's name, and what it may import: modules by their names, packages as `npm:NAME`. */
export type Modules = ReadonlyMap<string, readonly string[]>;

/**
 * The table of a document: the name is in the first column, packages are in the last but one, and the modules it may
 * import are in the last.
 * @throws Error when there is no table.
 */
export function modulesIn(text: string): Modules {
	const from = text.indexOf(BEGIN);
	const to = text.indexOf(END);
	if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no table of modules`);
	const rows = text
		.slice(from + BEGIN.length, to)
		.split("\n")
		.slice(2);
	return new Map(
		rows
			.filter((row) => row.startsWith("|"))
			.map((row) => {
				const cells = row.split("|").slice(1, -1);
				const packages = namesIn(cells.at(-2)).map((name) => `npm:${name}`);
				return [namesIn(cells.at(0))[0] ?? "", [...packages, ...namesIn(cells.at(-1))]];
			}),
	);
}

/**
 * What is wrong with the imports of a tree, a line for each; empty when all is well.
 * @param dependencies The packages that come with the program.
 */
export function problemsOf(
	files: readonly TreeFile[],
	modules: Modules,
	dependencies: ReadonlySet<string>,
): string[] {
	return [
		...tableProblems(files, modules),
		...files.flatMap((file) => fileProblems(file, modules)),
		...packageProblems(files, modules, dependencies, DOCUMENT),
	];
}

function namesIn(cell = ""): string[] {
	return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/** Rows stand in the order of the arrows, so that arrows only go down and there are no circles. */
function tableProblems(files: readonly TreeFile[], modules: Modules): string[] {
	const names = [...modules.keys()];
	const inTree = new Set(files.map(({ path }) => moduleOf(path)));
	const upwards = [...modules].flatMap(([name, allowed], row) =>
		allowed
			.filter((other) => !other.startsWith("npm:") && names.indexOf(other) <= row)
			.map((other) =>
				modules.has(other)
					? `${DOCUMENT}: "${name}" may import only modules below it, and "${other}" is not`
					: `${DOCUMENT}: "${name}" may import "${other}", which has no row`,
			),
	);
	return [
		...[...inTree]
			.filter((name) => !modules.has(name))
			.map((name) => `src/${name} has no row in the table of modules in ${DOCUMENT}`),
		...names
			.filter((name) => !inTree.has(name))
			.map((name) => `${DOCUMENT} has a row for "${name}", which is not in src`),
		...upwards,
		...unusedPermissions(files, modules),
	];
}

/** What nothing needs any more is taken out of the table, so that it stays the picture of what is. */
function unusedPermissions(files: readonly TreeFile[], modules: Modules): string[] {
	const used = new Set(
		files.flatMap(({ path, imports }) =>
			imports.map(({ target = "" }) => `${moduleOf(path)} ${moduleOf(target)}`),
		),
	);
	return [...modules].flatMap(([name, allowed]) =>
		allowed
			.filter((other) => modules.has(other) && !used.has(`${name} ${other}`))
			.map((other) => `${DOCUMENT}: "${name}" may import "${other}", and does not`),
	);
}

function fileProblems(file: TreeFile, modules: Modules): string[] {
	const own = moduleOf(file.path);
	const isEntry = file.path === `${own}/mod.ts`;
	const imports = file.imports.flatMap((one) => {
		const problem = importProblem(one, { path: file.path, own, isEntry, modules });
		return problem === undefined
			? []
			: [`src/${file.path}:${one.line} imports "${one.text}": ${problem}`];
	});
	const statements = isEntry ? file.otherStatements : [];
	return [
		...imports,
		...file.requires.map((line) => `src/${file.path}:${line} calls require: write an import`),
		...statements.map((line) => `src/${file.path}:${line} does more than re-export`),
	];
}

/** Where an import stands. */
interface Place {
	readonly path: string;
	readonly own: string;
	readonly isEntry: boolean;
	readonly modules: Modules;
}

function importProblem(
	{ target, isReexport }: TreeFile["imports"][number],
	{ path, own, isEntry, modules }: Place,
): string | undefined {
	if (target === undefined) return undefined;
	if (target.startsWith("../")) {
		return OUTSIDE.test(target) ? undefined : "it is neither in src nor built";
	}
	const other = moduleOf(target);
	if (other === own) {
		if (target === `${own}/mod.ts`) return "inside a module, import the file that has it";
		if (path === `${own}/${SECTION}` && own !== SETTINGS) {
			return "an ini section loads nothing of its module";
		}
		return isReexport && !isEntry ? "only a mod.ts re-exports" : undefined;
	}
	if (isReexport) return `it is for "${other}" to export`;
	if (!modules.get(own)?.includes(other)) {
		return `"${own}" may not import "${other}" (${DOCUMENT})`;
	}
	// src/main.ts picks the one file that the role of the process needs, and loads no other.
	if (target === `${other}/mod.ts` || own === START) return undefined;
	if (target === `${other}/${SECTION}` && SECTION_READERS.includes(own)) return undefined;
	return `enter "${other}" through its mod.ts`;
}

/** Of what is not in `src`. */
async function lengthsBeside(): Promise<string[]> {
	const problems: string[] = [];
	for (const name of ["scripts", "bench", "test"]) {
		const folder = join(ROOT, name);
		const files = [...(await readTree(folder)), ...otherFiles(folder, ["py"])];
		problems.push(...lengthProblems(name, files));
	}
	return problems;
}

if (import.meta.main) {
	const { values, positionals } = readArguments(
		{
			usage: "bun scripts/check-imports.ts [--figures [FOLDER]]",
			about: `Checks imports between modules against docs/architecture.md, lengths, and exports without use.
--figures  shows figures of a source folder (src) instead`,
			words: {
				are: "a folder behind --figures",
				fits: (word) => process.argv.includes("--figures") && existsSync(word),
				most: 1,
			},
		},
		{ figures: { type: "boolean", default: false } },
	);
	if (values.figures) {
		const tree = resolve(positionals[0] ?? join(ROOT, "src"));
		const others = otherFiles(tree, ["py"]).map(({ lines }) => lines);
		console.log(figuresText(await readTree(tree), others));
	} else {
		const modules = modulesIn(readFileSync(join(ROOT, DOCUMENT), "utf8"));
		const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
		const src = join(ROOT, "src");
		const files = await readTree(src);
		const problems = [
			...problemsOf(files, modules, new Set(Object.keys(dependencies))),
			...lengthProblems("src", [...files, ...otherFiles(src, ["py"])]),
			...(await lengthsBeside()),
			...unusedExports(readTexts(ROOT)),
		];
		for (const problem of problems) console.error(problem);
		if (problems.length > 0) process.exitCode = 1;
	}
}
