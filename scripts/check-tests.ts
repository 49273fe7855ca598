// Holds test/ to src/: `bun scripts/check-tests.ts` names each test without its source file, each source file without
// a test, and what is wrong in scripts/tested-elsewhere.json; it ends with 1 when there is any. That list has the files
// without a test of their own name, by the test that covers them or, where none does alone, by the reason; a folder
// (`web/editor/lanes/`) has those in it, which only a test of the whole program may cover. A unit test
// covers what it imports, itself or through one more file (a mod.ts and the helpers of tests do not count); tests of the
// whole program are believed.
// `--prune` takes off it what does not belong there, `--covered-by TEST FILE…` adds files (`csm/graphs/changes`); format
// it afterwards.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { heldBack } from "./held-back.ts";
import { readArguments } from "./program-arguments.ts";
import { readTree, type TreeFile } from "./source-tree.ts";

const ROOT = join(import.meta.dir, "..");
const LIST = "scripts/tested-elsewhere.json";
/** Folders of test/ that are about the whole program, or about what is outside of src. */
const OUTSIDE_SRC = new Set(
	"contract e2e endurance examples ports repo scripts support".split(" "),
);
/** Those of them that run the whole program, so that no import says what they cover. */
const WHOLE_PROGRAM = /^test\/(?:contract|e2e|endurance|examples|ports)(?:\/|$)/;
/** Selectors of Puppeteer that any element meets in this Bun (1.4.5). */
const MET_BY_ALL = /::-p-text\(/;
/** Files that only lead on to others. */
const HOLDS_NOTHING = /^src\/[^/]+\/mod\.ts$|^test\//;
/** The Python of the engine, and its tests. */
const PYTHON = "dataflow/python";

export interface Tree {
	/** Source files with functions in them, from src, without ending. `mod.ts` only re-exports. */
	readonly sources: readonly string[];
	/** Paths of all source files and folders, from src, without ending. */
	readonly places: ReadonlySet<string>;
	/** Tests and their text, from test. */
	readonly tests: ReadonlyMap<string, string>;
	/** What each file of src and test imports; all paths from the root (`src/kit/json.ts`). */
	readonly imports: ReadonlyMap<string, readonly string[]>;
	/** Names of the engine's Python files. */
	readonly python: readonly string[];
	/** All that is in the folder of the engine's tests, names and texts in one. */
	readonly pythonTests: string;
}

/** Source files, from src, without ending. */
export interface Lists {
	/** By the test, or the folder of tests, that covers them. */
	readonly covered: Readonly<Record<string, readonly string[]>>;
	/** By why no test covers them alone. */
	readonly reasons: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong, a line for each; empty when all is well. */
export function problemsOf(tree: Tree, lists: Lists, exists: (path: string) => boolean): string[] {
	const tested = new Set([...tree.tests.keys()].map(sourceOf));
	const listed = listedIn(lists);
	return [
		...[...tree.tests].flatMap(([path, text]) => testProblems(path, text, tree)),
		...tree.sources
			.filter((file) => !tested.has(file) && !listed.some((entry) => holds(entry, file)))
			.map(
				(file) =>
					`src/${file} has no test/${file}.test.ts: write it, or say in ${LIST} what covers it`,
			),
		...listed.flatMap((file, index) => listProblems(file, index, listed, tree, tested)),
		...Object.keys(lists.covered)
			.filter((test) => !exists(test))
			.map((test) => `${LIST} names ${test}, which is not there`),
		...unreached(tree, lists.covered),
		...tree.python
			.filter((name) => !tree.pythonTests.includes(name))
			.map((name) => `src/${PYTHON}/${name} is named by no test in test/${PYTHON}`),
	];
}

/** Whether an entry is a file, or the folder it is in: `web/editor/lanes/` has what of it has no test of its own. */
function holds(entry: string, file: string): boolean {
	return entry === file || (entry.endsWith("/") && file.startsWith(entry));
}

/** Entries whose unit tests do not even load them. */
function unreached(tree: Tree, covered: Lists["covered"]): string[] {
	const importsOf = (path: string): readonly string[] =>
		(tree.imports.get(path) ?? []).flatMap((target) =>
			HOLDS_NOTHING.test(target) ? [target, ...importsOf(target)] : [target],
		);
	return Object.entries(covered).flatMap(([test, files]) => {
		if (WHOLE_PROGRAM.test(test)) return [];
		const own = [...tree.imports.keys()].filter(
			(path) => path === test || (path.startsWith(`${test}/`) && path.endsWith(".test.ts")),
		);
		const near = own.flatMap(importsOf);
		const reached = new Set([...near, ...near.flatMap(importsOf)].map(bare));
		return files
			.filter((file) => !reached.has(`src/${file}`))
			.map(
				(file) =>
					`${LIST}: ${test} does not cover ${file}, it imports it neither itself nor through one more file`,
			);
	});
}

function testProblems(path: string, text: string, tree: Tree): string[] {
	const problems: string[] = [];
	const folder = path.split("/")[0] ?? "";
	if (!path.includes("/"))
		problems.push(`test/${path} belongs into a folder, test/repo where no module fits`);
	else if (!OUTSIDE_SRC.has(folder) && !tree.places.has(sourceOf(path))) {
		problems.push(
			`test/${path} is not about a file of src: name it like one, with what it is about in the middle if there are several (embedded.bounds.test.ts)`,
		);
	}
	const held = heldBack(text);
	if (held !== undefined) problems.push(`test/${path} holds a test back with ${held}`);
	if (MET_BY_ALL.test(text))
		problems.push(`test/${path} waits for ::-p-text(), which any element meets: call hasText()`);
	return problems;
}

function listProblems(
	file: string,
	index: number,
	listed: readonly string[],
	tree: Tree,
	tested: ReadonlySet<string>,
): string[] {
	if (tested.has(file)) return [`${file} has a test of its own: take it off the list in ${LIST}`];
	if (listed.indexOf(file) !== index) return [`${file} is in ${LIST} twice`];
	if (tree.sources.some((source) => holds(file, source) && !tested.has(source))) return [];
	const why = tree.places.has(file) ? "has no function in it" : "is not in src";
	return [`${file} ${why}: take it off the list in ${LIST}`];
}

function listedIn({ covered, reasons }: Lists): string[] {
	return [...Object.values(covered), ...Object.values(reasons)].flat();
}

/** The lists without files that have a test of their own by now, or are gone. */
export function pruned(tree: Tree, lists: Lists): Lists {
	const tested = new Set([...tree.tests.keys()].map(sourceOf));
	const belongs = (entry: string) =>
		tree.sources.some((file) => holds(entry, file) && !tested.has(file));
	const prune = (list: Lists["covered"]) =>
		Object.fromEntries(
			Object.entries(list)
				.map(([key, files]) => [key, files.filter(belongs)] as const)
				.filter(([, files]) => files.length > 0),
		);
	return { covered: prune(lists.covered), reasons: prune(lists.reasons) };
}

/** The lists with more files that a test covers. */
export function withCovered(lists: Lists, test: string, files: readonly string[]): Lists {
	const all = new Set([...(lists.covered[test] ?? []), ...files]);
	const covered = Object.entries({ ...lists.covered, [test]: [...all].toSorted() });
	return { ...lists, covered: Object.fromEntries(covered.toSorted()) };
}

/**
 * The source file a test is about: `broker/embedded.bounds.test.ts` is one of `broker/embedded`, and what is in
 * `schemas` is about src/contract, as test/contract is the suite of the wire contract.
 */
function sourceOf(test: string): string {
	return test.replace(/(\.[^./]+)?\.test\.tsx?$/, "").replace(/^schemas\//, "contract/");
}

function bare(path: string): string {
	return path.replace(/\.tsx?$/, "");
}

/** What the files of a folder of the root import, by their paths from the root. */
function importsFromRoot(folder: string, files: readonly TreeFile[]): [string, string[]][] {
	return files.map(({ path, imports }) => [
		`${folder}/${path}`,
		imports.flatMap(({ target }) => (target === undefined ? [] : [join(folder, target)])),
	]);
}

async function readRepo(): Promise<Tree> {
	const files = await readTree(join(ROOT, "src"));
	const testFiles = await readTree(join(ROOT, "test"));
	const engineTests = [...new Glob("**/*.{ts,py}").scanSync(join(ROOT, "test", PYTHON))];
	const folders = files.flatMap(({ path }) =>
		path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/")),
	);
	const tests = [...new Glob("**/*.test.{ts,tsx}").scanSync(join(ROOT, "test"))].toSorted();
	return {
		sources: files
			.filter(({ path, functions }) => functions.length > 0 && !path.endsWith("/mod.ts"))
			.map(({ path }) => bare(path)),
		places: new Set([...files.map(({ path }) => bare(path)), ...folders]),
		tests: new Map(tests.map((path) => [path, readFileSync(join(ROOT, "test", path), "utf8")])),
		imports: new Map([...importsFromRoot("src", files), ...importsFromRoot("test", testFiles)]),
		python: [...new Glob("*.py").scanSync(join(ROOT, "src", PYTHON))].toSorted(),
		pythonTests: engineTests
			.map((path) => `${path}\n${readFileSync(join(ROOT, "test", PYTHON, path), "utf8")}`)
			.join("\n"),
	};
}

if (import.meta.main) {
	const { values, positionals: files } = readArguments(
		{
			usage: "bun scripts/check-tests.ts [--prune] [--covered-by TEST FILE…]",
			about: `Checks that each source file has a test, or is in ${LIST}.
--prune       takes off that list what does not belong there
--covered-by  adds files (csm/graphs/changes) that a test covers`,
			words: {
				are: "files behind --covered-by",
				fits: () => process.argv.includes("--covered-by"),
			},
		},
		{ prune: { type: "boolean", default: false }, "covered-by": { type: "string" } },
	);
	const test = values["covered-by"];
	const path = join(ROOT, LIST);
	const tree = await readRepo();
	let lists: Lists = JSON.parse(readFileSync(path, "utf8"));
	if (values.prune) lists = pruned(tree, lists);
	if (test !== undefined) lists = withCovered(lists, test, files);
	if (values.prune || test !== undefined)
		writeFileSync(path, `${JSON.stringify(lists, null, "\t")}\n`);
	const problems = problemsOf(tree, lists, (name) => existsSync(join(ROOT, name)));
	for (const problem of problems) console.error(problem);
	if (problems.length > 0) process.exit(1);
	console.log("Every source file has its test, and every test its source file");
}
