// The editor of the compiled server in headless Chromium. IOTCTL_SCREENSHOTS names a folder for pictures of it.
import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { launchChromium } from "./chromium.ts";
import { meets } from "./meets.ts";
import { ProjectServer, type WebPerson } from "./project-server.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = process.env.IOTCTL_SCREENSHOTS;
/** Where a finger needs 44 px; fields for text are wide enough by themselves. */
const TARGETS = "button, a, select, summary, [role=tab], [role=menuitem], input[type=search]";

export const THEMES = ["light", "dark"] as const;
export const LANGUAGES = ["en", "zh-Hant"] as const;
/** A desk, a tablet, a phone. */
export const WIDTHS = { desk: 1280, tablet: 820, phone: 390 } as const;

/** Each theme in each language, and each width in both themes and languages. */
export const LOOKS = [
	{ width: WIDTHS.phone, theme: "light", language: "en" },
	{ width: WIDTHS.phone, theme: "dark", language: "zh-Hant" },
	{ width: WIDTHS.tablet, theme: "dark", language: "en" },
	{ width: WIDTHS.tablet, theme: "light", language: "zh-Hant" },
	{ width: WIDTHS.desk, theme: "light", language: "en" },
	{ width: WIDTHS.desk, theme: "dark", language: "zh-Hant" },
] as const;

export interface PageOptions {
	/** Whose page; undefined: no one is logged in. */
	readonly person?: WebPerson | undefined;
	readonly width?: number;
	readonly height?: number;
	readonly theme?: (typeof THEMES)[number];
	readonly language?: (typeof LANGUAGES)[number];
	/** What a proxy puts before `/gui/`, or another server's address. */
	readonly base?: string;
	/** Another page than the editor, such as `/da/Bulb`. */
	readonly at?: string;
	/** A tab beside this one, with the same cookies and storage. */
	readonly beside?: EditorPage;
}

/** The compiled server with an administrator, and a browser. */
export class EditorBench {
	private constructor(
		readonly server: ProjectServer,
		readonly admin: WebPerson,
		readonly browser: Browser,
	) {}

	/** @param more Further sections of the server's ini. */
	static async start(more = ""): Promise<EditorBench> {
		const server = await ProjectServer.start(more);
		const [admin, browser] = await Promise.all([server.admin(), launchChromium()]);
		return new EditorBench(server, admin, browser);
	}

	/** A page with cookies of its own, as the administrator unless said otherwise. @param hash Such as `#/f`. */
	open(hash: string, options: PageOptions = {}): Promise<EditorPage> {
		const { base = this.server.http, ...rest } = options;
		return EditorPage.open(this.browser, hash, { person: this.admin, base, ...rest });
	}

	async dispose(): Promise<void> {
		await this.browser.close();
		await this.server.dispose();
	}
}

/** One tab. */
export class EditorPage {
	/** Everything the console said; answers of 4xx and 5xx, which Chromium reports itself, are left out. */
	readonly problems: string[] = [];

	private constructor(readonly page: Page) {
		page.setDefaultTimeout(LONG_DEADLINE_MS);
		page.on("pageerror", (error) => this.problems.push(String(error)));
		page.on("console", (message) => {
			const text = message.text();
			if (!text.startsWith("Failed to load resource")) this.problems.push(text);
		});
	}

	/** A page that is open already. */
	static of(page: Page): EditorPage {
		return new EditorPage(page);
	}

	static async open(browser: Browser, hash: string, options: PageOptions): Promise<EditorPage> {
		const { person, base = "", width = WIDTHS.desk, height = 800 } = options;
		const { theme = "light", language = "en" } = options;
		const { at = `/gui/${hash}`, beside } = options;
		const context = beside?.page.browserContext() ?? (await browser.createBrowserContext());
		const [name = "", value = ""] = person?.cookie.split("=") ?? [];
		if (person !== undefined) {
			const { hostname: domain } = new URL(base);
			await context.setCookie({ name, value, domain, path: "/" });
		}
		const tab = new EditorPage(await context.newPage());
		const isNarrow = width < 1000;
		await tab.page.setViewport({ width, height, isMobile: isNarrow, hasTouch: isNarrow });
		await tab.page.evaluateOnNewDocument(
			(theme, language) => {
				if (localStorage.getItem("iottalk-theme") !== null) return;
				localStorage.setItem("iottalk-theme", theme);
				localStorage.setItem("iottalk-language", language);
			},
			theme,
			language,
		);
		await tab.page.goto(base + at);
		return tab;
	}

	/** Goes to another place of the page. */
	async go(hash: string): Promise<void> {
		await this.page.evaluate((to) => {
			location.hash = to;
		}, hash);
	}

	/** Takes the network away from the browser, or gives it back. */
	async setOffline(isOffline: boolean): Promise<void> {
		const before = await this.page.evaluate(() => navigator.onLine);
		await this.page.setOfflineMode(isOffline);
		if ((await this.page.evaluate(() => navigator.onLine)) !== before) return;
		// On a machine that has nothing but the loopback, Chromium was offline before, and tells pages nothing.
		await this.page.evaluate(`dispatchEvent(new Event("${isOffline ? "offline" : "online"}"))`);
	}

	/** Waits until the page shows a text. */
	async shows(text: string): Promise<void> {
		const see = (wanted: string) => document.body?.innerText.includes(wanted);
		await this.page.waitForFunction(see, {}, text);
	}

	/** Waits until the page shows a text no more. */
	async hides(text: string): Promise<void> {
		const see = (wanted: string) => document.body?.innerText.includes(wanted) === false;
		await this.page.waitForFunction(see, {}, text);
	}

	/** Presses what has this name: a button, link, tab, choice, or entry of a menu. */
	async press(name: string): Promise<void> {
		const find = () => this.#named("button, a, [role], summary, label", name);
		await this.#reach(find, "click", name);
	}

	/** Clicks, or taps, the first thing that a selector finds. */
	async click(selector: string, means: "click" | "tap" = "click"): Promise<void> {
		const find = () => this.page.waitForSelector(selector, { visible: true });
		await this.#reach(find, means, selector);
	}

	/** Presses what is found there until it was met. */
	async #reach(
		find: () => Promise<ElementHandle<Element> | null>,
		means: "click" | "tap",
		name: string,
	): Promise<void> {
		const isReached = async () => {
			const found = await find();
			try {
				return found !== null && (await meets(this.page, found, () => found[means]()));
			} catch (error) {
				// It was redrawn between coming to rest and the press, and nothing was pressed.
				if (!`${error}`.includes("detached")) throw error;
				return false;
			}
		};
		await until(isReached, `a ${means} on ${name}`, { ms: LONG_DEADLINE_MS });
	}

	/** Writes into the field with this label, instead of what is in it. */
	async fill(label: string, text: string): Promise<void> {
		const field = await this.#named("input, textarea", label);
		await field.evaluate((one) => (one as HTMLInputElement).select());
		await (text === "" ? field.press("Delete") : field.type(text));
	}

	/** Waits for an element that can be seen and used. */
	async #named(selector: string, name: string): Promise<ElementHandle<Element>> {
		const found = await this.page.waitForFunction(
			(selector, name) =>
				[...document.querySelectorAll(selector)].find((one) => {
					const [label] = "labels" in one ? [...((one.labels ?? []) as Element[])] : [];
					const text = one.getAttribute("aria-label") ?? (label ?? one).textContent.trim();
					const isSeen = one.checkVisibility({ visibilityProperty: true });
					return text === name && isSeen && !one.matches(":disabled");
				}) ?? null,
			{},
			selector,
			name,
		);
		const element = found.asElement() as ElementHandle<Element> | null;
		if (element === null) throw new Error(`nothing is named ${name}`);
		await element.evaluate(async (one) => {
			// Bars at the edges of the screen may lie over it.
			one.scrollIntoView({ block: "center" });
			// What is loaded above it moves it, and then a finger would meet something else.
			const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
			const place = () => JSON.stringify(one.getBoundingClientRect());
			for (let [before, still] = ["", 0]; still < 3; ) {
				const now = place();
				still = now === before ? still + 1 : 0;
				before = now;
				await frame();
			}
		});
		return element;
	}

	/** No violation of accessibility rules, nothing sticks out, and targets are large enough for fingers. */
	async isUsable(name: string): Promise<void> {
		// What fades in has too little contrast on its way.
		await this.page.waitForFunction(() =>
			document.getAnimations().every((animation) => {
				const isEndless = animation.effect?.getComputedTiming().iterations === Infinity;
				return isEndless || animation.playState !== "running";
			}),
		);
		await this.picture(name);
		await this.page.evaluate(AXE);
		const violations = `axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
			[id, ...nodes.map(({ html, failureSummary }) => html + failureSummary)]))`;
		expect([name, await this.page.evaluate(violations)]).toEqual([name, []]);
		const found = await this.page.evaluate((targets) => {
			const isSmall = (one: Element) => {
				const { width, height } = one.getBoundingClientRect();
				const isInText = getComputedStyle(one).display === "inline";
				return width > 1 && height > 1 && !isInText && (height < 43.5 || width < 43.5);
			};
			const small = [...document.querySelectorAll(targets)].filter(isSmall);
			return {
				sticksOut: document.documentElement.scrollWidth - window.innerWidth > 0,
				small: small.map((one) => one.outerHTML),
			};
		}, TARGETS);
		expect([name, found]).toEqual([name, { sticksOut: false, small: [] }]);
	}

	/** A picture for people to look at, where one is asked for. */
	async picture(name: string): Promise<void> {
		if (SCREENSHOTS !== undefined) {
			await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
		}
	}

	/** Closes the tab, which must have been quiet. */
	async close(): Promise<void> {
		const { problems } = this;
		await this.page.browserContext().close();
		expect(problems).toEqual([]);
	}
}
