// The page at /gui/ in headless Chromium. IOTCTL_SCREENSHOTS names a folder for pictures of it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { CcmHttp, PASSWORD } from "../ccm/support/ccm-http.ts";
import { hasProgram } from "../support/programs.ts";
import { story } from "../support/story.ts";
import { BINARY, startWithCcm, type Target } from "../support/target.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGE = readFileSync(join(import.meta.dir, "../../build/page/setup.txt"), "utf8");
const SCREENSHOTS = process.env.IOTCTL_SCREENSHOTS;
const FLAGS = [
	...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
	...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

describe.if(hasProgram("chromium"))("the page at /gui/", () => {
	let ccm: CcmHttp;
	let browser: Browser;
	let page: Page;
	const problems: string[] = [];
	beforeAll(async () => {
		ccm = await CcmHttp.start({ page: PAGE });
		browser = await puppeteer.launch({ executablePath: Bun.which("chromium") ?? "", args: FLAGS });
		page = await browser.newPage();
		page.on("console", (message) => problems.push(message.text()));
		page.on("pageerror", (error) => problems.push(String(error)));
		await page.setViewport({ width: 390, height: 844, isMobile: true });
	});
	afterAll(async () => {
		await browser.close();
		await ccm.stop();
	});

	const open = (path: string) => page.goto(ccm.server.url + path);
	const shows = (text: string) =>
		page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), {}, text);
	const press = (selector: string) => page.locator(selector).click();

	/** No violations in both themes, nothing sticks out, targets are large enough. */
	async function isUsable(name: string): Promise<void> {
		for (const theme of ["light", "dark"]) {
			await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
			await page.evaluate(AXE);
			const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
			expect([name, theme, found]).toEqual([name, theme, []]);
			if (SCREENSHOTS !== undefined) {
				await page.screenshot({ path: join(SCREENSHOTS, `gui-${name}-${theme}.png`) });
			}
		}
		const { wide, room, small } = await page.evaluate(() => ({
			wide: document.documentElement.scrollWidth,
			room: window.innerWidth,
			small: [...document.querySelectorAll("button, a, label.choice, input:not([type=radio])")]
				.filter((one) => one.getBoundingClientRect().height < 44)
				.map((one) => one.outerHTML),
		}));
		expect(wide).toBeLessThanOrEqual(room);
		expect(small).toEqual([]);
	}

	const step = story("from nothing to an administrator");

	step("says only where the key is, in both languages", async () => {
		await open("/iottalk/ccm/gui".replace("/iottalk/ccm", "/csm"));
		await shows("no administrator yet");
		await shows("sudo iotctl setup");
		expect(page.url()).toBe(`${ccm.server.url}/csm/gui/`);
		expect(await page.$$("input")).toEqual([]);
		await isUsable("key");
		await press("button.language");
		await shows("還沒有管理者");
		await page.waitForFunction(() => document.documentElement.lang === "zh-Hant");
		await isUsable("key-zh");
		await page.reload();
		await shows("還沒有管理者");
		await press("button.language");
		await shows("no administrator yet");
	});

	step("refuses a key that is wrong", async () => {
		await open("/gui/#/setup/wrong");
		await shows("Set up this server");
		await isUsable("form");
		await page.locator("input[name=name]").fill("root");
		await page.locator("input[name=password]").fill("a long password");
		await press("button[type=submit]");
		await shows("this set-up key is wrong or has expired");
		expect(page.url()).not.toContain("password");
	});

	step("makes the administrator, says what comes next, and is logged in", async () => {
		// Only what follows # changes: the page is told by an event.
		await page.evaluate(() => {
			location.hash = "#/setup/key-1";
		});
		await press("input[value=network]");
		await press("button[type=submit]");
		await shows("The server is set up.");
		await shows("http://192.0.2.7:9992/gui/");
		await shows("3 devices need a login from now on.");
		await shows("http://192.0.2.7:9992/token/t0");
		expect(page.url()).toBe(`${ccm.server.url}/gui/`);
		await isUsable("done");
		await press("main > button");
		await shows("Logged in as root (administrator).");
		await shows("docs/projects.md");
		const links = await page.$$eval("ul a", (all) =>
			all.map((one) => (one as HTMLAnchorElement).href),
		);
		expect(links).toEqual([`${ccm.server.url}/openapi`, `${ccm.server.url}/live`]);
		await isUsable("home");
	});

	step("logs out and in again", async () => {
		await press("main > button");
		await page.waitForSelector("input[name=password]");
		await isUsable("login");
		await page.locator("input[name=name]").fill("ann");
		await page.locator("input[name=password]").fill("wrong");
		await press("button[type=submit]");
		await shows("Wrong name or password.");
		await page.locator("input[name=password]").fill(PASSWORD);
		await press("button[type=submit]");
		await shows("Logged in as ann (teacher).");
		expect(await page.$$("ul a")).toEqual([]);
	});

	test("breaks nothing: its policy lets all of it run", () => {
		// Chromium itself reports answers of 401 and 403.
		expect(problems.filter((text) => !text.includes("Failed to load resource"))).toEqual([]);
	});
});

describe.if(hasProgram("chromium"))("the first start of the program", () => {
	let target: Target;
	let browser: Browser;
	beforeAll(async () => {
		target = await startWithCcm();
		browser = await puppeteer.launch({ executablePath: Bun.which("chromium") ?? "", args: FLAGS });
	});
	afterAll(async () => {
		await browser.close();
		await target.dispose();
	});

	test("the address of iotctl setup makes an administrator, once", async () => {
		const command = [BINARY, "-c", `${target.userdir}/test.ini`, "setup"];
		const printed = Bun.spawnSync(command).stdout.toString();
		const [address = ""] = /http:\S+#\/setup\/\S+/.exec(printed) ?? [printed];
		const page = await browser.newPage();
		await page.goto(address);
		await page.locator("input[name=name]").fill("root");
		await page.locator("input[name=password]").fill("a long password");
		await page.locator("button[type=submit]").click();
		const shows = (text: string) =>
			page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), {}, text);
		await shows("The server is set up.");
		await page.locator("main > button").click();
		await shows("Logged in as root (administrator).");
		const again = await (await browser.createBrowserContext()).newPage();
		await again.goto(address);
		await again.waitForSelector("input[name=password]");
		expect(await again.$$("input[type=radio]")).toEqual([]);
	});
});
