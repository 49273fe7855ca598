// Which npm packages are inside the executable, each with the text of its license.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const MODULES = "node_modules/";
/** Files of a package that have to go with it. */
const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** What is bundled: the program, and the pages it serves. */
const BUNDLES = [
	{ entrypoints: ["src/main.ts"], target: "bun" },
	{
		entrypoints: [
			"src/web/live/page.tsx",
			"src/web/live/openapi.tsx",
			"src/web/editor/page.tsx",
			"src/web/phone/page.tsx",
		],
		target: "browser",
	},
] as const;

export interface BundledPackage {
	readonly name: string;
	readonly version: string;
	/** SPDX identifier, as its package.json says. */
	readonly license: string;
	/** Its license and notice files; a standard text with its authors' names where it ships none. */
	readonly text: string;
}

/**
 * The packages whose code the bundler takes into the executable, by name. Some packages carry others inside files
 * they ship built, so what a bundled package depends on counts as bundled too.
 * @throws Error when the program does not bundle, or a package has no license.
 */
export async function bundledPackages(): Promise<BundledPackage[]> {
	const folders = new Set<string>();
	for (const file of await bundledFiles()) {
		const folder = packageFolder(file);
		if (folder !== undefined) addWithDependencies(folder, folders);
	}
	return [...folders].map(describe).toSorted(byNameAndVersion);
}

async function bundledFiles(): Promise<string[]> {
	const built = await Promise.all(
		BUNDLES.map(({ entrypoints, target }) =>
			Bun.build({
				entrypoints: entrypoints.map((entry) => join(ROOT, entry)),
				root: ROOT,
				target,
				splitting: true,
				metafile: true,
				define: { "process.env.NODE_ENV": '"production"' },
			}),
		),
	);
	return built.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
}

/** `node_modules/@a/b` of `…/node_modules/@a/b/lib/c.js`, absolute; undefined for our own files. */
function packageFolder(file: string): string | undefined {
	const at = file.lastIndexOf(MODULES);
	if (at < 0) return undefined;
	const words = file.slice(at + MODULES.length).split("/");
	const name = words.slice(0, words[0]?.startsWith("@") ? 2 : 1).join("/");
	const above = file.slice(file.indexOf(MODULES), at + MODULES.length);
	return join(ROOT, above, name);
}

function addWithDependencies(folder: string, into: Set<string>): void {
	if (into.has(folder)) return;
	into.add(folder);
	for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
		// Types leave nothing behind in a bundle.
		if (name.startsWith("@types/")) continue;
		const found = resolveFrom(folder, name);
		if (found !== undefined) addWithDependencies(found, into);
	}
}

/** The folder a package finds another one in, as Node looks for it. */
function resolveFrom(folder: string, name: string): string | undefined {
	for (let at = folder; at.startsWith(ROOT); at = dirname(at)) {
		const candidate = join(at, MODULES, name);
		if (existsSync(join(candidate, "package.json"))) return candidate;
	}
	return undefined;
}

interface Manifest {
	readonly name: string;
	readonly version: string;
	readonly license?: string;
	readonly author?: string | { readonly name: string };
	readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
	return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function describe(folder: string): BundledPackage {
	const { name, version, license, author } = manifestOf(folder);
	if (typeof license !== "string") throw new Error(`${name} names no license in its package.json`);
	const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
	const shipped = files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
	if (shipped !== "") return { name, version, license, text: plain(shipped) };
	const authors = typeof author === "string" ? author : author?.name;
	return {
		name,
		version,
		license,
		text: `${copyright(authors, name)}\n\n${standardText(license)}`,
	};
}

function copyright(authors: string | undefined, name: string): string {
	return `Copyright (c) ${authors?.replace(/ *\(.*\)/, "") ?? `the authors of ${name}`}`;
}

/**
 * The text of a license by its SPDX identifier.
 * @throws Error when `scripts/licenses` does not have it.
 */
export function standardText(license: string): string {
	const path = join(import.meta.dir, "licenses", `${license}.txt`);
	if (!existsSync(path))
		throw new Error(`There is no text for ${license}; add scripts/licenses/${license}.txt`);
	return plain(readFileSync(path, "utf8"));
}

/** Line ends of Unix, no blanks behind lines, no lines around. */
function plain(text: string): string {
	return text
		.replaceAll("\r", "")
		.replace(/[ \t]+$/gm, "")
		.replace(/^\n+|\n+$/g, "");
}

function byNameAndVersion(a: BundledPackage, b: BundledPackage): number {
	const [left, right] = [`${a.name} ${a.version}`, `${b.name} ${b.version}`];
	return left < right ? -1 : Number(left > right);
}
