// Takes the pictures of the editor in docs/pictures: every screen in both themes and languages at three widths.
// `npm run build && node_modules/.bin/bun scripts/screenshots.ts [SCREEN…]`
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { EditorPage, LANGUAGES, type PageOptions, THEMES, WIDTHS } from "../test/support/editor.ts";
import { ProjectServer } from "../test/support/project-server.ts";
import { EMPTY, LOGIN, type Screen, screensOf, setupScreen, show } from "./pictures/screens.ts";
import { World } from "./pictures/world.ts";
import { readArguments } from "./program-arguments.ts";

const FOLDER = join(import.meta.dir, "../docs/pictures");
const MAX_BYTES = 5_000_000;
const QUALITY = 32;
const HEIGHTS = { desk: 760, tablet: 960, phone: 780 } as const;
/** Pixels of the pictures per CSS pixel. */
const SCALES = { desk: 0.75, tablet: 0.75, phone: 1 } as const;
/** The pictures show the address. */
const PORT = 9992;
/** For what moves to its place, and for values to come. */
const SETTLING_MS = 500;

const { positionals } = readArguments(
	{
		usage: "bun scripts/screenshots.ts [SCREEN…]",
		about:
			"Takes the pictures of the editor in docs/pictures: all, or those of some screens (project, invite…).",
		words: { are: "names of screens", fits: (word) => /^[a-z-]+$/.test(word) },
	},
	{},
);
const wanted = new Set(positionals);
const unseen = new Set(positionals);
const isWanted = (name: string) => {
	unseen.delete(name);
	return wanted.size === 0 || wanted.has(name);
};
const server = await ProjectServer.start("[gui]\nworkbench = on\nsimulation-seed = 1\n", PORT);
const world = new World(server);
const browser = await launch();
try {
	mkdirSync(FOLDER, { recursive: true });
	if (wanted.size === 0) for (const name of pictures()) rmSync(join(FOLDER, name));
	const [, key = ""] = server.setupAddress().split("#/");
	const setup = setupScreen(key);
	await everyLook(
		async (look) => {
			await one(await EditorPage.open(browser, "", look), look, [setup]);
		},
		[setup],
	);
	const scenes = await world.build(await server.admin("ada"));
	await everyLook(async (look) => {
		const { owner, newcomer, ...scene } = scenes[look.language === "en" ? "en" : "zh"];
		for (const [person, screens] of [
			[undefined, [LOGIN]],
			[newcomer, [EMPTY]],
			[owner, screensOf(scene)],
		] as const) {
			if (!screens.some(({ name }) => isWanted(name))) continue;
			await one(await EditorPage.open(browser, "", { ...look, person }), look, screens);
		}
	});
	const bytes = pictures().reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
	if (unseen.size > 0) throw new Error(`There are no screens ${[...unseen].join(", ")}`);
	console.log(`${pictures().length} pictures, ${bytes} bytes`);
	if (bytes > MAX_BYTES) throw new Error(`The pictures are larger than ${MAX_BYTES} bytes`);
} finally {
	await browser.close();
	await world.dispose();
	await server.dispose();
}

type Look = Required<Pick<PageOptions, "theme" | "language" | "width" | "height" | "base">> & {
	readonly device: keyof typeof WIDTHS;
};

function pictures(): string[] {
	return readdirSync(FOLDER).filter((name) => name.endsWith(".webp"));
}

function launch(): Promise<Browser> {
	return puppeteer.launch({
		executablePath: Bun.which("chromium") ?? "chromium",
		args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-prefers-reduced-motion"],
	});
}

/** In each theme and language, at each width. */
async function everyLook(
	take: (look: Look) => Promise<void>,
	screens?: readonly Screen[],
): Promise<void> {
	if (screens?.every(({ name }) => !isWanted(name))) return;
	for (const language of LANGUAGES) {
		for (const theme of THEMES) {
			for (const device of ["desk", "tablet", "phone"] as const) {
				const size = { width: WIDTHS[device], height: HEIGHTS[device] };
				await take({ ...size, device, language, theme, base: server.http });
			}
		}
	}
}

/** Takes pictures in one tab, and closes it. */
async function one(tab: EditorPage, look: Look, screens: readonly Screen[]): Promise<void> {
	const { device, theme, language, width, height } = look;
	const isMobile = device !== "desk";
	const deviceScaleFactor = SCALES[device];
	await tab.page.setViewport({ width, height, deviceScaleFactor, isMobile, hasTouch: isMobile });
	for (const screen of screens) {
		if (!isWanted(screen.name)) continue;
		const name = `${screen.name}-${language === "en" ? "en" : "zh"}-${theme}-${device}`;
		try {
			await show(tab, screen);
		} catch (error) {
			throw new Error(`Cannot take the picture ${name}`, { cause: error });
		}
		await Bun.sleep(SETTLING_MS);
		const path = join(FOLDER, `${name}.webp`) as `${string}.webp`;
		await tab.page.screenshot({ path, type: "webp", quality: QUALITY });
		await screen.after?.(tab);
	}
	await tab.page.browserContext().close();
}
