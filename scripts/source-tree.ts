// Reads the source files below a folder the way the compiler does: what each imports, and how long its functions are.
// TypeScript's own parser answers (its API is marked unstable; package.json pins the version).
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Glob } from "bun";
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import { isCallExpression, isExportDeclaration, isStringLiteral } from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/async";

/** A file of any language. Paths count from the folder that was read, with `/`. */
export interface FileSize {
	readonly path: string;
	readonly lines: number;
	/** The comment the file begins with; empty when there is none. */
	readonly firstComment: string;
}

/** A file as the checks see it. */
export interface TreeFile extends FileSize {
	readonly imports: readonly Import[];
	/** Without those that group tests: what is handed to `describe`. */
	readonly functions: readonly FunctionSize[];
	/** Lines of calls of `require`, which hide what a file imports. */
	readonly requires: readonly number[];
	/** Lines of statements that are something else than `export … from …`. */
	readonly otherStatements: readonly number[];
}

export interface Import {
	readonly line: number;
	/** As written. */
	readonly text: string;
	/** The file it means; undefined when it is a package. */
	readonly target: string | undefined;
	/** Whether it is `export … from …`. */
	readonly isReexport: boolean;
}

export interface FunctionSize {
	readonly line: number;
	readonly lines: number;
}

const FUNCTIONS: ReadonlySet<SyntaxKind> = new Set([
	SyntaxKind.FunctionDeclaration,
	SyntaxKind.FunctionExpression,
	SyntaxKind.ArrowFunction,
	SyntaxKind.MethodDeclaration,
	SyntaxKind.Constructor,
	SyntaxKind.GetAccessor,
	SyntaxKind.SetAccessor,
]);

/** What is called to group tests: `describe`, `describe.each(…)`, and functions of `test/support` that call it. */
const GROUPS = /^describe/;

/**
 * All TypeScript and JavaScript files below a folder, but declarations (`.d.ts`), sorted by path.
 * @throws Error when one has no syntax tree, which would hide its imports.
 */
export async function readTree(folder: string): Promise<TreeFile[]> {
	const paths = [...new Glob("**/*.{ts,tsx,mjs}").scanSync(folder)]
		.filter((path) => !path.endsWith(".d.ts"))
		.toSorted();
	if (paths.length === 0) return [];
	// A project that exists in memory only: nothing is resolved or checked, so that it is ready in a moment.
	const project = join(folder, "read-tree.tsconfig.json");
	const settings = {
		compilerOptions: { allowJs: true, noResolve: true, noLib: true, types: [], jsx: "preserve" },
		files: paths.map((path) => join(folder, path)),
	};
	const api = new API({
		cwd: folder,
		fs: {
			readFile: (name) => (name === project ? JSON.stringify(settings) : undefined),
			fileExists: (name) => (name === project ? true : undefined),
		},
	});
	try {
		const snapshot = await api.updateSnapshot({ openProjects: [project] });
		const program = snapshot.getProject(project)?.program;
		const files: TreeFile[] = [];
		for (const path of paths) {
			const source = await program?.getSourceFile(join(folder, path));
			if (source === undefined) throw new Error(`TypeScript did not read ${join(folder, path)}`);
			files.push(fileOf(source, folder, path));
		}
		return files;
	} finally {
		await api.close();
	}
}

/** The module of a file: the folder right below the one that was read, or the file itself where it lies there. */
export function moduleOf(path: string): string {
	return path.split("/")[0] ?? "";
}

/** The files of the given endings below a folder. */
export function otherFiles(folder: string, endings: readonly string[]): FileSize[] {
	return [...new Glob(`**/*.{${endings.join(",")}}`).scanSync(folder)].toSorted().map((path) => {
		const text = readFileSync(join(folder, path), "utf8");
		return { path, lines: linesIn(text.trimEnd()), firstComment: firstCommentOf(text) };
	});
}

/** Of TypeScript, or of Python (a docstring counts). */
function firstCommentOf(text: string): string {
	const comment = /^(?:(?:[ \t]*(?:\/\/|#).*\n)+|\/\*[\s\S]*?\*\/|"""[\s\S]*?""")/.exec(text);
	return (comment?.[0] ?? "").replace(/\s*\n\s*(?:\/\/|#|\*)?\s*/g, " ");
}

function fileOf(source: SourceFile, folder: string, path: string): TreeFile {
	const lineOf = (node: Node) => linesIn(source.text.slice(0, node.getStart(source)));
	const specifierOf = (statement: Node) =>
		isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
	const reexported = new Set<Node | undefined>(source.statements.map(specifierOf));
	return {
		path,
		lines: linesIn(source.text.trimEnd()),
		firstComment: firstCommentOf(source.text),
		imports: source.imports.filter(isStringLiteral).map((specifier) => ({
			line: lineOf(specifier),
			text: specifier.text,
			target: targetOf(specifier.text, folder, path),
			isReexport: reexported.has(specifier),
		})),
		functions: functionsIn(source),
		requires: requiresIn(source).map(lineOf),
		otherStatements: source.statements
			.filter((statement) => specifierOf(statement) === undefined)
			.map((statement) => lineOf(statement)),
	};
}

function functionsIn(source: SourceFile): FunctionSize[] {
	const found: FunctionSize[] = [];
	const groups = new Set<Node>();
	const visit = (node: Node): void => {
		if (isCallExpression(node) && GROUPS.test(textOf(node.expression, source))) {
			for (const argument of node.arguments) groups.add(argument);
		}
		if (FUNCTIONS.has(node.kind) && !groups.has(node)) {
			const start = node.getStart(source);
			found.push({
				line: linesIn(source.text.slice(0, start)),
				lines: linesIn(source.text.slice(start, node.end)),
			});
		}
		node.forEachChild((child) => visit(child));
	};
	visit(source);
	return found;
}

/** Calls of `require`, `require.resolve` left out; also `import.meta.require` and `module.require`. */
function requiresIn(source: SourceFile): Node[] {
	const found: Node[] = [];
	const visit = (node: Node): void => {
		if (isCallExpression(node)) {
			if (/^(?:\w+\.)*require$/.test(textOf(node.expression, source))) found.push(node);
		}
		node.forEachChild((child) => visit(child));
	};
	visit(source);
	return found;
}

function textOf(node: Node, source: SourceFile): string {
	return source.text.slice(node.getStart(source), node.end);
}

/** The file a relative import means, from the folder; also one outside of it (`../package.json`). */
function targetOf(specifier: string, folder: string, path: string): string | undefined {
	if (!specifier.startsWith(".")) return undefined;
	const target = join(folder, dirname(path), specifier);
	const known = ["", ".ts", ".tsx", "/index.ts"].map((end) => target + end).find(existsSync);
	return relative(folder, known ?? target).replaceAll("\\", "/");
}

function linesIn(text: string): number {
	return text.split("\n").length;
}
