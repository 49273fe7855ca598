// What the editor's bundle takes as made: words by language, and styles that go with their screens.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type BunPlugin, Glob } from "bun";

const here = import.meta.dir;
const WORDS = ["zh", "zh-screens", "zh-code"].flatMap((name) => [name, name.replace("zh", "en")]);
const PAGE_STYLES = new Set(["page.css", "kit/kit.css"]);
/** What is loaded only when a project is there already. */
const IN_PROJECT = /^(screens\/project|panel|monitor|lanes)\//;
const LAZY = /\bimport\("(\.[^"]+\.tsx)"\)/g;

/** The modules of the editor that are made before the rest is bundled, by path. */
export async function madeBefore(): Promise<BunPlugin> {
	const made = new Map([...(await wordsByLanguage()), ...(await stylesOfScreens())]);
	const lazy = await lazyParts();
	return {
		name: "made before",
		setup: (build) => {
			build.onLoad({ filter: /\.(ts|css)$/ }, ({ path }) => {
				const contents = made.get(path);
				return contents === undefined ? undefined : { contents, loader: "js" };
			});
			build.onLoad({ filter: /\.tsx$/ }, ({ path }) => {
				const contents = lazy.get(path);
				return contents === undefined ? undefined : { contents, loader: "tsx" };
			});
		},
	};
}

/**
 * The bundler makes a file for each set of parts that share something: many small ones, which compress badly. A part
 * that is loaded later therefore names what is there by then, which so is shared by the same parts, and is one file.
 */
async function lazyParts(): Promise<Map<string, string>> {
	const parts = new Map<string, string>();
	for await (const path of new Glob("**/*.{ts,tsx}").scan({ cwd: here, absolute: true })) {
		for (const [, imported = ""] of readFileSync(path, "utf8").matchAll(LAZY)) {
			const part = join(path, "..", imported);
			const name = relative(here, part);
			const before = ["app.tsx"];
			if (IN_PROJECT.test(name)) before.push("screens/project/project.tsx");
			const imports = before.filter((one) => one !== name).map((one) => join(here, one));
			const lines = imports.map((one) => `import ${JSON.stringify(one)};`);
			parts.set(part, `${lines.join(" ")} ${readFileSync(part, "utf8")}`);
		}
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
