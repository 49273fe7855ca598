// The live page of a node of a cluster in headless Chromium. IOTCTL_SCREENSHOTS names a folder for pictures of it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { launchChromium } from "../support/chromium.ts";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { TestDevice } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";
import { TEST_MS } from "../support/waiting.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = process.env.IOTCTL_SCREENSHOTS;
const canRun = hasPostgres() && hasProgram("mosquitto") && hasProgram("chromium");

describe.skipIf(!canRun)("the live page of a node", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	let a: Target;
	let b: Target;
	let browser: Browser;
	let page: Page;
	const problems: string[] = [];
	beforeAll(async () => {
		cluster = await TestCluster.make(postgres.server, startTarget, 2);
		[a, b] = await Promise.all([cluster.add("a"), cluster.add("b")]);
		await cluster.settled("a", "b");
		browser = await launchChromium();
		page = await browser.newPage();
		page.on("console", (message) => problems.push(message.text()));
		page.on("pageerror", (error) => problems.push(String(error)));
		await page.setViewport({ width: 1280, height: 900 });
		await page.goto(`${a.http}/live`);
	}, TEST_MS);
	afterAll(async () => {
		await browser.close();
		await cluster.dispose();
		expect(problems.filter((text) => !text.includes("ERR_"))).toEqual([]);
	}, TEST_MS);

	const shows = (text: string) =>
		page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), {}, text);
	const picture = async (name: string) => {
		if (SCREENSHOTS === undefined) return;
		await page.screenshot({ path: join(SCREENSHOTS, name), fullPage: true });
	};

	/** Nodes that are only rows: one that was killed, and one that has lost the broker. */
	const otherNodes = () =>
		postgres.server.ask(
			`INSERT INTO cluster_nodes (name, run, place, process, version, url, seen, until) VALUES
			('c', '', '', '', '1.0.0', 'http://c.lab:9992', now() - interval '1 hour', now() - interval '1 hour'),
			('d', '', '', '', '1.0.0', 'http://d.lab:9992', now(), now() + interval '1 hour')`,
			new URL(cluster.url).pathname.slice(1),
		);

	/** A device of the node that is not shown. */
	async function ofOther(): Promise<TestDevice> {
		for (;;) {
			const device = await TestDevice.register(b, { name: "Faraway" });
			if ((await cluster.ownerOf(device.id)) === "b") return device;
			await device.client.end();
		}
	}

	test(
		"has all nodes, and says which of them has what it does not show",
		async () => {
			const device = await ofOther();
			await shows("Cluster lab");
			await shows("2 nodes, 8 partitions");
			await otherNodes();
			await shows("4 nodes, 8 partitions");
			await shows("silent for 1 h");
			await shows("no broker");
			await shows("Node a");
			expect(await page.$$eval("#nodes ~ table a", (all) => all.map((one) => one.href))).toEqual([
				...[`${b.http}/live`, "http://c.lab:9992/live", "http://d.lab:9992/live"],
			]);
			await page.type("input[type=search]", device.id);
			await shows("If there is one, it is on node b");
			await page.evaluate(() => document.querySelector("details")?.setAttribute("open", ""));
			await page.evaluate(AXE);
			for (const theme of ["light", "dark"]) {
				await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
				const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
				expect(found).toEqual([]);
				await picture(`cluster-${theme}.png`);
			}
			await device.client.end();
		},
		TEST_MS,
	);

	test(
		"fits a phone",
		async () => {
			await page.setViewport({ width: 390, height: 844, isMobile: true, deviceScaleFactor: 2 });
			await shows("Cluster lab");
			const { wide, room } = await page.evaluate(() => ({
				wide: document.documentElement.scrollWidth,
				room: window.innerWidth,
			}));
			expect(wide).toBeLessThanOrEqual(room);
			await picture("cluster-phone.png");
		},
		TEST_MS,
	);
});
