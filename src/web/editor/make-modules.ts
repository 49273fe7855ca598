// What the editor's bundle takes as made: words by language, and styles that go with their screens.
import { join, relative } from "node:path";
import { type BunPlugin, Glob } from "bun";

const here = import.meta.dir;
const WORDS = ["zh", "zh-screens", "zh-code"].flatMap((name) => [name, name.replace("zh", "en")]);
const PAGE_STYLES = new Set(["page.css", "kit/kit.css"]);

/** The modules of the editor that are made before the rest is bundled, by path. */
export async function madeBefore(): Promise<BunPlugin> {
	const made = new Map([...(await wordsByLanguage()), ...(await stylesOfScreens())]);
	return {
		name: "made before",
		setup: (build) => {
			build.onLoad({ filter: /\.(ts|css)$/ }, ({ path }) => {
				const contents = made.get(path);
				return contents === undefined ? undefined : { contents, loader: "js" };
			});
		},
	};
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
