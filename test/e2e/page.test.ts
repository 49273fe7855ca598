// The live page in headless Chromium. IOTCTL_SCREENSHOTS names a folder for pictures of it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { type TestCertificate, testCertificate } from "../support/certificates.ts";
import { launchChromium } from "../support/chromium.ts";
import { Flow } from "../support/flow.ts";
import { TestDevice } from "../support/gateway.ts";
import { ADMIN, addAdmin } from "../support/logins.ts";
import { hasProgram } from "../support/programs.ts";
import { story } from "../support/story.ts";
import { startBinary, type Target } from "../support/target.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = process.env.IOTCTL_SCREENSHOTS;

describe.if(hasProgram("chromium"))("the live page", () => {
	let target: Target;
	let flow: Flow;
	let browser: Browser;
	let page: Page;
	const problems: string[] = [];
	beforeAll(async () => {
		target = await startBinary({ log: { level: "info" } });
		flow = await Flow.build(target, {
			idfs: [{ code: "def run(x):\n    return 10 / x\n" }, {}],
			odfs: [{}],
			join: "def run(a, b): return a\n",
		});
		browser = await launchChromium();
		page = await openPage();
		await page.setViewport({ width: 1280, height: 900 });
		await page.goto(target.http);
	});
	afterAll(async () => {
		await browser.close();
		await flow.device.client.end();
		await target.dispose();
		// A server that is away leaves lines of the browser's own.
		expect(problems.filter((text) => !text.includes("ERR_"))).toEqual([]);
	});

	async function openPage(): Promise<Page> {
		const opened = await browser.newPage();
		opened.on("console", (message) => problems.push(message.text()));
		opened.on("pageerror", (error) => problems.push(String(error)));
		return opened;
	}

	const shows = (text: string, on = page) =>
		on.waitForFunction((wanted) => document.body?.innerText.includes(wanted), {}, text);

	async function picture(name: string): Promise<void> {
		if (SCREENSHOTS === undefined) return;
		await page.screenshot({ path: join(SCREENSHOTS, name), fullPage: true });
	}

	test("shows the device, the graph, values and rates, and follows changes by itself", async () => {
		await shows("BetaCat");
		await shows("1 online of 1");
		await flow.expect([4], [2.5]);
		await shows("[2.5]");
		await flow.send([0]);
		await shows("ZeroDivisionError");
		await shows("2: return 10 / x");
		await flow.device.say("offline");
		await shows("0 online of 1");
		await flow.device.say("online");
		await shows("1 online of 1");
	});

	test("shows a function's source when asked", async () => {
		await page.locator("button.fn").click();
		await shows("def run(x):");
	});

	test("fits a phone: nothing sticks out", async () => {
		await picture("desktop.png");
		await page.setViewport({ width: 390, height: 844, isMobile: true, deviceScaleFactor: 2 });
		const { wide, room } = await page.evaluate(() => ({
			wide: document.documentElement.scrollWidth,
			room: window.innerWidth,
		}));
		expect(wide).toBeLessThanOrEqual(room);
		await picture("phone.png");
	});

	test("says which engine a graph lives in, where there are several", async () => {
		const several = await startBinary({ esm: { engines: 2 } });
		try {
			for (const code of ["def run(x): return x\n", "def run(x): return -x\n"]) {
				await Flow.build(several, { idfs: [{ code }], odfs: [{}] });
			}
			await Flow.build(several, { idfs: [{}], odfs: [{}] });
			const watching = await openPage();
			await watching.goto(several.http);
			for (const text of ["in engine 1", "in engine 2", "engine 1, 1 graph", "engine 2, 1 graph"]) {
				await shows(text, watching);
			}
			const named = await watching.$$eval(".graph .head", (heads) =>
				heads.map(({ textContent }) => /in engine (\d)/.exec(textContent ?? "")?.[1] ?? "none"),
			);
			expect(named.sort()).toEqual(["1", "2", "none"]);
			await watching.close();
		} finally {
			await several.dispose();
		}
	});

	test("comes back by itself when the server was away", async () => {
		// A server of its own: the device of the others does not connect again.
		let away = await startBinary();
		try {
			const watching = await openPage();
			await watching.goto(away.http);
			await shows("running", watching);
			away = await away.restart();
			await TestDevice.register(away);
			await shows("BetaCat", watching);
			await watching.close();
		} finally {
			await away.dispose();
		}
	});
});

describe.if(hasProgram("chromium"))("the live page's login", () => {
	let made: TestCertificate;
	let target: Target;
	let browser: Browser;
	let page: Page;
	beforeAll(async () => {
		made = await testCertificate();
		target = await startBinary({
			core: { auth: "on" },
			tls: { cert: made.certPath, key: made.keyPath },
		});
		addAdmin(target);
		browser = await launchChromium({
			// As a person who says "go on" to the browser's warning.
			acceptInsecureCerts: true,
		});
		page = await browser.newPage();
		await page.setViewport({ width: 390, height: 844, isMobile: true });
		await page.goto(target.http);
	});
	afterAll(async () => {
		await browser.close();
		await target.dispose();
		made.remove();
	});

	async function logIn(password: string): Promise<void> {
		await page.locator("input[name=name]").fill(ADMIN.username);
		await page.locator("input[name=password]").fill(password);
		await page.locator("button").click();
	}
	const shows = (text: string) =>
		page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), {}, text);

	const step = story("from the form to the page, and back");

	step("waits for the name, and says how to make an admin of this very server", async () => {
		await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "name");
		// Whatever the path of the program is, and whether it has to be quoted.
		await shows(`-c ${target.userdir}/test.ini user add admin`);
		await page.evaluate(AXE);
		const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
		expect(found).toEqual([]);
	});

	step("lets in who knows the password, and out again", async () => {
		await logIn("wrong password");
		await shows("Wrong name or password.");
		if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, "login.png") });
		await logIn(ADMIN.password);
		await shows("running");
		expect(await page.evaluate(() => document.cookie)).toBe("");
		const [cookie] = await browser.cookies();
		expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict" });
		await page.locator(".logout button").click();
		await page.waitForSelector("input[name=password]");
		expect(await browser.cookies()).toEqual([]);
	});

	step("goes on by itself over a restart of the server", async () => {
		await logIn(ADMIN.password);
		await shows("running");
		target = await target.restart();
		await page.reload();
		await shows("running");
	});

	step("asks again when the session was ended elsewhere", async () => {
		const [cookie] = await browser.cookies();
		const left = await fetch(`${target.http}/logout`, {
			method: "POST",
			headers: { cookie: `${cookie?.name}=${cookie?.value}` },
			redirect: "manual",
			tls: { rejectUnauthorized: false },
		});
		expect(left.status).toBeLessThan(400);
		await page.waitForSelector("input[name=password]");
	});
});
