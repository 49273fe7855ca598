import { moduleOf, type TreeFile } from "./source-tree.ts";

/** What comes with Bun, and with Node in it. */
const PLATFORM = /^(?:node:|bun(?::|$))/;
/** A program of the build; it runs before the executable is made. */
const BUILD_PROGRAM = /(?:^|\/)make-[^/]+\.tsx?$/;

/** The package of an import, `@scope/name` or `name`; undefined when it is a file, or comes with the platform. */
function packageOf(specifier: string): string | undefined {
	if (specifier.startsWith(".") || PLATFORM.test(specifier)) return undefined;
	return /^(?:@[^/]+\/)?[^/]*/.exec(specifier)?.[0];
}

/**
 * What is wrong with the packages a tree imports, and with what the table of modules says of them.
 * @param modules What each module may import, packages as `npm:NAME`.
 * @param dependencies The packages that come with the program; those of the build are for programs of the build.
 */
export function packageProblems(
	files: readonly TreeFile[],
	modules: ReadonlyMap<string, readonly string[]>,
	dependencies: ReadonlySet<string>,
	document: string,
): string[] {
	const buildFiles = filesOfTheBuild(files);
	const used = new Set<string>();
	const problems = files.flatMap(({ path, imports }) =>
		imports.flatMap(({ text, line }) => {
			const name = packageOf(text);
			if (name === undefined) return [];
			const own = moduleOf(path);
			used.add(`${own} ${name}`);
			const problem = `src/${path}:${line} imports "${text}": `;
			if (!dependencies.has(name) && !buildFiles.has(path)) {
				return [`${problem}"${name}" is not in the dependencies of package.json`];
			}
			return modules.get(own)?.includes(`npm:${name}`)
				? []
				: [`${problem}"${own}" may not use that package (${document})`];
		}),
	);
	const unused = [...modules].flatMap(([own, allowed]) =>
		allowed
			.filter((name) => name.startsWith("npm:"))
			.map((name) => name.slice("npm:".length))
			.filter((name) => !used.has(`${own} ${name}`))
			.map((name) => `${document}: "${own}" may use the package "${name}", and does not`),
	);
	return [...problems, ...unused];
}

/** Programs of the build, and the files that only they import. */
function filesOfTheBuild(files: readonly TreeFile[]): Set<string> {
	const importers = new Map<string, string[]>();
	for (const { path, imports } of files) {
		for (const { target } of imports) {
			if (target !== undefined) importers.set(target, [...(importers.get(target) ?? []), path]);
		}
	}
	return new Set(
		files
			.map(({ path }) => path)
			.filter((path) => {
				const by = importers.get(path) ?? [];
				return (
					BUILD_PROGRAM.test(path) || (by.length > 0 && by.every((one) => BUILD_PROGRAM.test(one)))
				);
			}),
	);
}
