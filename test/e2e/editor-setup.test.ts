// The editor before anyone has logged in: the first administrator, logins and new accounts, in headless Chromium.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "puppeteer-core";
import { CcmHttp, PASSWORD } from "../ccm/support/ccm-http.ts";
import { launchChromium } from "../support/chromium.ts";
import { EditorPage, type PageOptions } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";
import { ProjectServer } from "../support/project-server.ts";
import { story } from "../support/story.ts";

describe.if(hasProgram("chromium"))("the editor before a login", () => {
	let ccm: CcmHttp;
	let browser: Browser;
	let tab: EditorPage;
	beforeAll(async () => {
		ccm = await CcmHttp.start();
		browser = await launchChromium();
	});
	afterAll(async () => {
		await browser.close();
		await ccm.stop();
	});

	const open = (hash: string, options: PageOptions = {}) =>
		EditorPage.open(browser, hash, { width: 390, base: `${ccm.server.url}/csm`, ...options });
	const step = story("from nothing to an administrator");

	step("says only where the key is, in both languages and themes", async () => {
		for (const theme of ["light", "dark"] as const) {
			const chinese = await open("", { theme, language: "zh-Hant" });
			await chinese.shows("還沒有管理者");
			expect(await chinese.page.evaluate(() => document.documentElement.lang)).toBe("zh-Hant");
			await chinese.isUsable(`key-zh-${theme}`);
			await chinese.close();
		}
		tab = await open("");
		await tab.shows("no administrator yet");
		await tab.shows("sudo iotctl setup");
		expect(await tab.page.$$("input")).toEqual([]);
		await tab.isUsable("key");
		await tab.press("EN, Language · Theme");
		await tab.press("繁體中文");
		await tab.shows("還沒有管理者");
		await tab.page.reload();
		await tab.shows("還沒有管理者");
		await tab.press("中文, 語言 · 外觀");
		await tab.press("English");
		await tab.shows("no administrator yet");
	});

	step("refuses a key that is wrong", async () => {
		await tab.go("#/setup/wrong");
		await tab.shows("Set up this server");
		await tab.isUsable("form");
		await tab.fill("Name", "root");
		await tab.fill("Password", "a long password");
		await tab.press("Set up");
		await tab.shows("this set-up key is wrong or has expired");
		expect(tab.page.url()).not.toContain("password");
	});

	step("makes the administrator, says what comes next, and is logged in", async () => {
		// What was typed is still there: only the address changes.
		await tab.go("#/setup/key-1");
		await tab.click("input[value=network]");
		await tab.press("Set up");
		await tab.shows("The server is set up.");
		await tab.shows("http://192.0.2.7:9992/gui/");
		await tab.shows("3 devices need a login from now on.");
		await tab.shows("http://192.0.2.7:9992/token/t0");
		expect(tab.page.url()).toBe(`${ccm.server.url}/csm/gui/#/`);
		await tab.isUsable("done");
		await tab.press("Continue");
		await tab.page.waitForSelector(".shell-bar");
	});

	step("logs out and in again", async () => {
		await tab.press("root (administrator)");
		await tab.press("Log out");
		await tab.page.waitForSelector("input[name=password]");
		await tab.isUsable("login");
		await tab.fill("Name", "ann");
		await tab.fill("Password", "wrong");
		await tab.press("Log in");
		await tab.shows("Wrong name or password.");
		await tab.fill("Password", PASSWORD);
		await tab.press("Log in");
		await tab.page.waitForSelector('[aria-label="ann (teacher)"]');
		await tab.close();
	});
});

describe.if(hasProgram("chromium"))("the first start of the program", () => {
	let server: ProjectServer;
	let browser: Browser;
	beforeAll(async () => {
		server = await ProjectServer.start();
		browser = await launchChromium();
	});
	afterAll(async () => {
		await browser.close();
		await server.dispose();
	});

	test("the address of iotctl setup makes an administrator, once", async () => {
		const address = server.setupAddress();
		const [base = "", hash = ""] = address.split("/gui/");
		const tab = await EditorPage.open(browser, hash, { base });
		await tab.fill("Name", "root");
		await tab.fill("Password", "a long password");
		await tab.press("Set up");
		await tab.shows("The server is set up.");
		await tab.press("Continue");
		await tab.page.waitForSelector('[aria-label="root (administrator)"]');
		await tab.close();
		const again = await EditorPage.open(browser, hash, { base });
		await again.page.waitForSelector("input[name=password]");
		expect(await again.page.$$("input[type=radio]")).toEqual([]);
		await again.close();
	});
});
