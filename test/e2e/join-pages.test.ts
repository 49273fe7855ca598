// Joining in Chromium, on the narrowest phone: what pages look like, and the way from the code to the phone's page.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "puppeteer-core";
import { launchChromium } from "../support/chromium.ts";
import { EditorPage } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";

const NARROWEST = 320;
const LOOKS = [
	["light", "zh-TW", "加入課堂"],
	["dark", "en", "Join a class"],
] as const;

describe.if(hasProgram("chromium"))("pages by which phones join", () => {
	let server: ProjectServer;
	let ann: WebPerson;
	let browser: Browser;
	let block: string;
	beforeAll(async () => {
		server = await ProjectServer.start();
		browser = await launchChromium();
		ann = await server.person("ann");
		const { data } = await ann.ok("GET", "/api/v0/devicemodel/Smartphone");
		const { dm_id, df_list } = data as { dm_id: number; df_list: readonly { df_id: number }[] };
		const { p_id } = await ann.ok("PUT", "/api/v0/project", { p_name: "Class lamp" });
		const df = df_list.map(({ df_id }) => df_id);
		const place = `/api/v0/project/${p_id}/deviceobject`;
		const { do_id } = await ann.ok("PUT", place, { dm_id, df });
		block = `/api/v1/projects/${p_id}/blocks/${do_id}`;
	});
	afterAll(async () => {
		await browser.close();
		await server.dispose();
	});

	const invite = async (seats: number) =>
		String((await ann.ok("POST", `${block}/invitation`, { seats })).code);

	async function open(theme: string, language: string): Promise<EditorPage> {
		const tab = await EditorPage.open(browser, "", {
			...{ base: server.http, at: "/join", width: NARROWEST },
		});
		await tab.page.setExtraHTTPHeaders({ "accept-language": language });
		await tab.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
		await tab.page.setJavaScriptEnabled(false);
		return tab;
	}

	/** axe needs scripts, the pages do not. */
	async function isUsable(tab: EditorPage, name: string): Promise<void> {
		await tab.page.setJavaScriptEnabled(true);
		await tab.isUsable(name);
		await tab.page.setJavaScriptEnabled(false);
	}

	test.each(LOOKS)("can be used: %s, %s", async (theme, language, title) => {
		const code = await invite(1);
		const tab = await open(theme, language);
		const { page } = tab;
		const goto = async (path: string) => (await page.goto(server.http + path))?.status();
		expect(await goto("/join")).toBe(200);
		expect(await page.title()).toBe(`${title} · IoTtalk`);
		await isUsable(tab, `join-code-${theme}`);
		await page.type("#code", code.toLowerCase());
		await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
		expect(page.url()).toBe(`${server.http}/join/${code}`);
		await isUsable(tab, `join-name-${theme}`);
		await page.type("#nickname", "小明");
		await Promise.all([page.waitForNavigation(), page.tap("button")]);
		expect(page.url()).toStartWith(`${server.http}/da/`);
		const own = page.url();
		await goto(`/join/${code}`);
		expect(page.url()).toBe(own);
		const other = await open(theme, language);
		await other.page.goto(`${server.http}/join/${code}`);
		await isUsable(other, `join-full-${theme}`);
		await other.page.goto(`${server.http}/join/BBBBBB`);
		await isUsable(other, `join-wrong-${theme}`);
		await ann.ok("DELETE", `${block}/seats/0`);
		await tab.close();
		await other.close();
	});
});
