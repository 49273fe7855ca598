// Holds test/ to src/: `bun scripts/check-tests.ts` names each test without its source file, each source file without
// a test, and what is wrong in scripts/tested-elsewhere.ts; it ends with 1 when there is any.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { readTree } from "./source-tree.ts";
import { COVERED, type Files, REASONS } from "./tested-elsewhere.ts";

const ROOT = join(import.meta.dir, "..");
const LIST = "scripts/tested-elsewhere.ts";
/** Folders of test/ that are about the whole program, or about what is outside of src. */
const OUTSIDE_SRC = new Set(
	"contract e2e endurance examples ports repo scripts support".split(" "),
);

export interface Tree {
	/** Source files with functions in them, from src, without ending. `mod.ts` only re-exports. */
	readonly sources: readonly string[];
	/** Paths of all source files and folders, from src, without ending. */
	readonly places: ReadonlySet<string>;
	/** Tests and their text, from test. */
	readonly tests: ReadonlyMap<string, string>;
}

export interface Lists {
	readonly covered: Readonly<Record<string, Files>>;
	readonly reasons: Readonly<Record<string, Files>>;
	/** Whether a path of the repo is there. */
	readonly exists: (path: string) => boolean;
}

/** What is wrong, a line for each; empty when all is well. */
export function problemsOf(tree: Tree, lists: Lists): string[] {
	const tested = new Set([...tree.tests.keys()].map(sourceOf));
	const listed = listedIn(lists);
	return [
		...[...tree.tests].flatMap(([path, text]) => testProblems(path, text, tree)),
		...tree.sources
			.filter((file) => !tested.has(file) && !listed.includes(file))
			.map(
				(file) =>
					`src/${file} has no test/${file}.test.ts: write it, or say in ${LIST} what covers it`,
			),
		...listed.flatMap((file, index) => listProblems(file, index, listed, tree, tested)),
		...Object.keys(lists.covered)
			.filter((test) => !lists.exists(test))
			.map((test) => `${LIST} names ${test}, which is not there`),
	];
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
	const held = /\b(?:test|describe|it)\.(only|skip|todo)\b/.exec(text);
	if (held !== null) problems.push(`test/${path} holds a test back with .${held[1]}`);
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
	if (tree.sources.includes(file)) return [];
	const why = tree.places.has(file) ? "has no function in it" : "is not in src";
	return [`${file} ${why}: take it off the list in ${LIST}`];
}

function listedIn({ covered, reasons }: Lists): string[] {
	return [...Object.values(covered), ...Object.values(reasons)].flatMap((files) =>
		Object.entries(files).flatMap(([folder, names]) =>
			names.split(" ").map((name) => `${folder}/${name}`),
		),
	);
}

/**
 * The source file a test is about: `broker/embedded.bounds.test.ts` is one of `broker/embedded`, and what is in
 * `schemas` is about src/contract, as test/contract is the suite of the wire contract.
 */
function sourceOf(test: string): string {
	return test.replace(/(\.[^./]+)?\.test\.tsx?$/, "").replace(/^schemas\//, "contract/");
}

async function readRepo(): Promise<Tree> {
	const files = await readTree(join(ROOT, "src"));
	const bare = (path: string) => path.replace(/\.tsx?$/, "");
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
	};
}

if (import.meta.main) {
	const exists = (path: string) => existsSync(join(ROOT, path));
	const problems = problemsOf(await readRepo(), { covered: COVERED, reasons: REASONS, exists });
	for (const problem of problems) console.error(problem);
	if (problems.length > 0) process.exit(1);
	console.log("Every source file has its test, and every test its source file");
}
