// What the editor's bundle takes as made: words by language, and styles that go with their screens.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type BunPlugin, Glob } from "bun";

const here = import.meta.dir;
const WORDS = [
	"",
	"-project",
	"-later",
	"-crowd",
	"-invite",
	"-projects",
	"-screens",
	"-code",
].flatMap((part) => [`zh${part}`, `en${part}`]);
const PAGE_STYLES = new Set(["page.css", "kit/kit.css"]);
/** What is loaded together: with the page, and with a project. */
const TOGETHER = [
	{
		with: /^/,
		files: [
			"page.tsx",
			"kit/fields.tsx",
			"kit/format.ts",
			"kit/typing.ts",
			"kit/use-title.ts",
			"project/opened-project.ts",
			"project/browser-deps.ts",
		],
	},
	{
		with: /^(screens\/project|panel|monitor|lanes|crowd)\//,
		files: [
			...["screens/project/project.tsx", "panel/panel-context.ts", "panel/linked.ts"],
			...[
				"panel/number-input.ts",
				"panel/fields.tsx",
				"panel/use-answer.ts",
				"monitor/elements.ts",
			],
		],
	},
];
const LAZY = /\bimport\("(\.[^"]+)"\)/g;

/** The modules of the editor that are made before the rest is bundled, by path. */
export async function madeBefore(): Promise<BunPlugin> {
	const made = new Map([...(await wordsByLanguage()), ...(await stylesOfScreens())]);
	const parts = await lazyParts();
	return {
		name: "made before",
		setup: (build) => {
			build.onLoad({ filter: /\.(tsx?|css)$/ }, ({ path }) => {
				const contents = made.get(path) ?? parts.get(path);
				if (contents === undefined) return undefined;
				return { contents, loader: made.has(path) ? "js" : path.endsWith(".ts") ? "ts" : "tsx" };
			});
		},
	};
}

/**
 * The bundler makes a file for each set of parts that share something: many small ones, which compress badly. A part
 * that is loaded later therefore names what is there by then, so that all of that is shared by the same parts, and is one file.
 */
async function lazyParts(): Promise<Map<string, string>> {
	const lazy = new Set([join(here, "page.tsx")]);
	for await (const path of new Glob("**/*.{ts,tsx}").scan({ cwd: here, absolute: true })) {
		for (const [, imported = ""] of readFileSync(path, "utf8").matchAll(LAZY)) {
			const part = join(path, "..", imported);
			if (dirname(part) !== join(here, "texts")) lazy.add(part);
		}
	}
	const parts = new Map<string, string>();
	for (const path of lazy) {
		const name = relative(here, path);
		const files = TOGETHER.flatMap((group) => (group.with.test(name) ? group.files : []));
		const imports = files
			.filter((file) => file !== name)
			.map((file) => `import ${JSON.stringify(join(here, file))};`);
		parts.set(path, `${imports.join(" ")} ${readFileSync(path, "utf8")}`);
	}
	return parts;
}

/**
 * Each file of words has those of all languages, and would be loaded whole for any of them. What has the words of one
 * language is therefore bundled first, by itself, which leaves out the others.
 */
async function wordsByLanguage(): Promise<Map<string, string>> {
	const words = new Map<string, string>();
	for (const name of WORDS) {
		const path = join(here, "texts", `${name}.ts`);
		words.set(path, await bundle(path));
	}
	return words;
}

/**
 * The bundler puts the styles of all screens into the page's sheet. Except for those of the page itself, each file
 * becomes a script that adds it, which the policy allows, and so goes with what needs it.
 */
async function stylesOfScreens(): Promise<Map<string, string>> {
	const scripts = new Map<string, string>();
	for await (const path of new Glob("**/*.css").scan({ cwd: here, absolute: true })) {
		if (PAGE_STYLES.has(relative(here, path))) continue;
		const css = JSON.stringify((await bundle(path)).trim());
		const add = `const sheet = new CSSStyleSheet(); sheet.replaceSync(${css});`;
		scripts.set(path, `${add} document.adoptedStyleSheets.push(sheet);`);
	}
	return scripts;
}

async function bundle(path: string): Promise<string> {
	const built = await Bun.build({ entrypoints: [path], target: "browser", minify: true });
	return (await built.outputs[0]?.text()) ?? "";
}
