import { type FileSize, moduleOf, type TreeFile } from "./source-tree.ts";

/** The most lines of a function, of code and of tests. */
const LONG_FUNCTION = 70;
const LONG_FILE = 250;
/** In tests, cases of one kind stand in one file: as many lines as the longest file has, so that none grows beyond. */
const LONG_TEST_FILE = 604;
/** With these words the first comment of a file says why it is longer, or has a longer function. */
const REASON = /\bLong because \w/;

/**
 * Files and functions that are too long, and do not say why; a line for each.
 * @param folder What their paths count from, such as `src`; files of `test` may be longer than others.
 */
export function lengthProblems(
	folder: string,
	files: readonly (FileSize & Partial<TreeFile>)[],
): string[] {
	const longest = folder === "test" ? LONG_TEST_FILE : LONG_FILE;
	const ask = 'split it, or let the first comment of the file say why ("Long because …")';
	return files
		.filter(({ firstComment }) => !REASON.test(firstComment))
		.flatMap(({ path, lines, functions = [] }) => [
			...(lines > longest ? [`${folder}/${path} has ${lines} lines, over ${longest}: ${ask}`] : []),
			...functions
				.filter((one) => one.lines > LONG_FUNCTION)
				.map(
					(one) =>
						`${folder}/${path}:${one.line} has a function of ${one.lines} lines, over ${LONG_FUNCTION}: ${ask}`,
				),
		]);
}

/**
 * The measures of a tree that are compared over time, a line for each.
 * @param otherFiles The lines of each file that is not TypeScript.
 */
export function figuresText(files: readonly TreeFile[], otherFiles: readonly number[]): string {
	const lines = [...files.map((file) => file.lines), ...otherFiles].toSorted((a, b) => a - b);
	const share = (part: number) => lines[Math.ceil(lines.length * part) - 1] ?? 0;
	const functions = files.flatMap((file) =>
		file.functions
			.filter((one) => one.lines > LONG_FUNCTION)
			.map((one) => `${file.path}:${one.line} (${one.lines})`),
	);
	return [
		`files            ${lines.length}`,
		`lines            ${lines.reduce((sum, count) => sum + count, 0)}`,
		`lines of a file  median ${share(0.5)}, p90 ${share(0.9)}, max ${share(1)}`,
		`functions over ${LONG_FUNCTION} lines  ${counted(functions)}`,
		`circles of modules  ${counted(circles(moduleGraph(files)))}`,
		`circles of files  ${counted(circles(fileGraph(files)))}`,
		`imports of other modules past mod.ts  ${pastEntries(files).length}`,
	].join("\n");
}

/**
 * Groups of nodes that reach one another, each as a text; a graph without circles has none.
 * Small graphs: each node is followed as far as it leads.
 */
export function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
	const reached = new Map([...graph.keys()].map((node) => [node, reachableFrom(node, graph)]));
	const groups = [...reached]
		.filter(([node, others]) => others.has(node))
		.map(([node, others]) =>
			[...others]
				.filter((other) => reached.get(other)?.has(node))
				.toSorted()
				.join(" ↔ "),
		);
	return [...new Set(groups)].toSorted();
}

function reachableFrom(
	start: string,
	graph: ReadonlyMap<string, ReadonlySet<string>>,
): Set<string> {
	const seen = new Set<string>();
	const waiting = [...(graph.get(start) ?? [])];
	for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
		if (seen.has(node)) continue;
		seen.add(node);
		waiting.push(...(graph.get(node) ?? []));
	}
	return seen;
}

function fileGraph(files: readonly TreeFile[]): Map<string, Set<string>> {
	return new Map(files.map(({ path, imports }) => [path, new Set(targetsOf(imports))]));
}

function moduleGraph(files: readonly TreeFile[]): Map<string, Set<string>> {
	const graph = new Map<string, Set<string>>();
	for (const { path, imports } of files) {
		const own = moduleOf(path);
		const others = graph.get(own) ?? new Set();
		graph.set(own, others);
		for (const target of targetsOf(imports)) {
			if (moduleOf(target) !== own) others.add(moduleOf(target));
		}
	}
	return graph;
}

/** Imports from module to module; files beside the modules, such as main.ts, belong to none. */
function pastEntries(files: readonly TreeFile[]): string[] {
	const inModules = files.filter(({ path }) => path.includes("/"));
	return inModules.flatMap(({ path, imports }) =>
		targetsOf(imports).filter(
			(target) =>
				target.includes("/") &&
				moduleOf(target) !== moduleOf(path) &&
				![`${moduleOf(target)}/mod.ts`, `${moduleOf(target)}/config.ts`].includes(target),
		),
	);
}

function targetsOf(imports: TreeFile["imports"]): string[] {
	return imports.flatMap(({ target }) =>
		target === undefined || target.startsWith("../") ? [] : [target],
	);
}

function counted(items: readonly string[]): string {
	return items.length === 0 ? "0" : `${items.length}: ${items.join(", ")}`;
}
