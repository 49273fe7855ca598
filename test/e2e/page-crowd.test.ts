// The live page with 200 devices and 100 graphs, beside a frozen server, over a network that goes away, and with a
// mended function. IOTCTL_SCREENSHOTS names a folder for pictures.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import type { GraphView } from "../../src/contract/views.ts";
import { launchChromium } from "../support/chromium.ts";
import { body, call, digestOf, type Json } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { DEADLINE_MS } from "../support/waiting.ts";
import { Wire } from "../support/wire.ts";

const SCREENSHOTS = process.env.IOTCTL_SCREENSHOTS;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DEVICES = 200;
const GRAPHS = 100;
const DOUBLE = "def run(x): return x * 2\n";
const DIVIDE = "import math\ndef run(x):\n    return math.floor(10 / x)\n";
const WIDTHS = { desktop: 1280, phone: 390 } as const;

describe.if(hasProgram("chromium"))("the live page of a crowd", () => {
	let target: Target;
	let client: TestClient;
	let browser: Browser;
	let page: Page;
	const ids = Array.from({ length: DEVICES }, () => crypto.randomUUID());

	async function ask(graph: string, request: Json): Promise<void> {
		await client.publish(`iottalk/api/req/gui/graph/${graph}`, request);
		const reply = await client.nextJson(`iottalk/api/res/gui/graph/${graph}`);
		if (reply.state !== "ok") throw new Error(`Refused: ${JSON.stringify(reply)}`);
	}

	async function addDevice(id: string, n: number): Promise<void> {
		const { json } = await call(target, "PUT", `/${id}`, body({ name: `Sensor ${n}` }));
		const { rev } = json;
		if (n % 3 !== 0) await client.publish(`${id}/ctrl/i`, { state: "online", rev });
	}

	/** Every 25th graph divides. */
	async function addGraph(n: number): Promise<void> {
		const name = `room-${n}`;
		const [codes, digests] = [[DOUBLE, DIVIDE], [DOUBLE, DIVIDE].map(digestOf)];
		await client.subscribe(`iottalk/api/res/gui/graph/${name}`);
		await ask(name, { op: "attach" });
		await ask(name, { op: "add_funcs", codes, digests });
		const func = digestOf(n % 25 === 7 ? DIVIDE : DOUBLE);
		await ask(name, { op: "add_link", da_id: ids[n] ?? "", idf: "meow", func });
		await ask(name, { op: "add_link", da_id: ids[n + GRAPHS] ?? "", odf: "meow", func: null });
	}

	const graphs = async () =>
		JSON.parse((await call(target, "GET", "/api/graphs")).text) as GraphView[];

	async function sendToAll(value: number): Promise<void> {
		for (const { idfs } of await graphs()) {
			await client.publish(idfs[0]?.topic ?? "", [value], { qos: 0 });
		}
	}

	beforeAll(async () => {
		target = await startBinary({ log: { level: "info" } });
		client = await TestClient.connect(target.mqtt);
		await Promise.all(ids.map(addDevice));
		for (let n = 0; n < GRAPHS; n++) await addGraph(n);
		browser = await launchChromium();
		page = await browser.newPage();
		page.setDefaultTimeout(DEADLINE_MS);
		await page.setViewport({ width: WIDTHS.desktop, height: 900 });
		await sendToAll(0);
	});
	beforeEach(async () => {
		await page.goto(target.http);
		await shows("4 failing");
	});
	afterAll(async () => {
		target.process?.kill("SIGCONT");
		await browser.close();
		await client.end();
		await target.dispose();
	});

	const shows = (text: string) =>
		page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, text);
	const lookFor = (wanted: string) =>
		page.$eval(
			"input[type=search]",
			(input, text) => {
				input.value = text;
				input.dispatchEvent(new Event("input", { bubbles: true }));
			},
			wanted,
		);
	const firstGraphs = (count: number) =>
		page.$$eval(
			".graph b",
			(names, most) => names.slice(0, most).map((name) => name.textContent),
			count,
		);

	/** No barrier for people who hear the page or use the keyboard, at both widths; gives the heights. */
	async function inspect(name: string): Promise<number[]> {
		const heights: number[] = [];
		for (const [kind, width] of Object.entries(WIDTHS)) {
			await page.setViewport({ width, height: 900 });
			const { high, wide } = await page.evaluate(() => ({
				high: document.documentElement.scrollHeight,
				wide: document.documentElement.scrollWidth,
			}));
			heights.push(high);
			expect([name, kind, wide]).toEqual([name, kind, width]);
			if (SCREENSHOTS !== undefined) {
				await page.screenshot({ path: join(SCREENSHOTS, `${name}-${kind}.png`) });
			}
			await page.evaluate(`if (!("axe" in window)) { ${AXE} }`);
			const found = await page.evaluate(
				"axe.run().then(({ violations, passes }) => ({ passes: passes.length, violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`) }))",
			);
			expect(found).toEqual({ passes: expect.any(Number), violations: [] });
		}
		await page.setViewport({ width: WIDTHS.desktop, height: 900 });
		return heights;
	}

	async function showAll(): Promise<void> {
		await page.$eval("button.more", (button) => button.click());
		await page.waitForFunction(() => document.querySelectorAll(".graph").length === 100);
	}

	test("begins with what fails, and is a few screens high", async () => {
		expect(await firstGraphs(5)).toEqual(["room-7", "room-32", "room-57", "room-82", "room-0"]);
		for (const height of await inspect("crowd")) expect(height).toBeLessThan(6000);
		expect(await page.$$eval(".graph", (all) => all.length)).toBe(20);
		await showAll();
	});

	test("opens graphs, shows the first line of a function, and presence not by colour alone", async () => {
		await page.locator(".graph .head").click();
		await shows("ƒ def run(x): return math.floor(10 / x)");
		await shows("3: return math.floor(10 / x)");
		const presence = await page.$$eval(".graph .presence", (all) =>
			all.map((one) => one.textContent),
		);
		expect(presence).toEqual(["online", "online"]);
		await inspect("open");
	});

	test("finds graphs and devices by what is typed", async () => {
		await page.type("input[type=search]", "room-7 math");
		await shows("1 of 100 found");
		await shows("0 found");
		await shows("None found.");
		await lookFor(`sensor ${ids[150]}`);
		await shows(", 1 found");
		await shows("Sensor 150");
		await inspect("search");
	});

	test("shows an error no longer once its function was replaced", async () => {
		const da_id = ids[7] ?? "";
		const [prev, next] = [DIVIDE, DOUBLE].map(digestOf);
		const replace = { op: "set_df_func", da_id, idf: "meow" };
		await ask("room-7", { ...replace, prev, new: next });
		await shows("3 failing");
		expect(await firstGraphs(3)).toEqual(["room-32", "room-57", "room-82"]);
		expect(await page.evaluate(() => document.querySelectorAll(".graph .error").length)).toBe(3);
		await ask("room-7", { ...replace, prev: next, new: prev });
		await sendToAll(0);
		await shows("4 failing");
	});

	test("says within seconds that a server hangs, greys what it shows, and goes on with it", async () => {
		await showAll();
		target.process?.kill("SIGSTOP");
		await page.waitForSelector(".banner");
		await shows("The server does not respond");
		expect(await page.$$eval(".stale .tile", (all) => all.length)).toBeGreaterThan(0);
		expect(await page.$(".contact.open")).toBeNull();
		expect(await page.title()).toBe("IoTtalk (disconnected)");
		await inspect("frozen");
		target.process?.kill("SIGCONT");
		await page.waitForSelector(".contact.open");
		expect(await page.$(".banner")).toBeNull();
		expect(await page.$$eval(".graph", (all) => all.length)).toBe(100);
	});

	test("says that the network is gone, and comes back over it", async () => {
		const wire = await Wire.to(Number(new URL(target.http).port));
		await page.goto(`http://127.0.0.1:${wire.port}`);
		await page.waitForSelector(".contact.open");
		wire.cut();
		await page.waitForSelector(".banner");
		await inspect("network");
		await shows("Connection to the server lost");
		wire.mend();
		await page.waitForSelector(".contact.open");
		expect(await page.$$eval(".graph", (all) => all.length)).toBe(20);
		await page.goto("about:blank");
		wire.close();
	});

	test("the page of the HTTP API has no barriers either", async () => {
		await page.goto(`${target.http}/openapi`);
		await page.waitForSelector("section");
		await inspect("openapi");
	});
});
