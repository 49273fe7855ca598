// examples/browser: the page, served from another origin as a reader serves it, in headless Chromium.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { launchChromium } from "../support/chromium.ts";
import { hasProgram } from "../support/programs.ts";
import { until } from "../support/waiting.ts";
import { Classroom } from "./classroom.ts";
import { drawGraph, EXAMPLES } from "./program.ts";

const LIBRARY = join(import.meta.dir, "../../node_modules/mqtt/dist/mqtt.min.js");

describe.if(hasProgram("chromium") && hasProgram("mosquitto_rr"))("examples/browser", () => {
	let browser: Browser;
	let files: Bun.Server<undefined>;
	beforeAll(async () => {
		browser = await launchChromium({
			// As a reader who has told the browser to go on.
			acceptInsecureCerts: true,
		});
		files = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			routes: {
				"/": new Response(Bun.file(join(EXAMPLES, "browser/index.html"))),
				"/mqtt.min.js": new Response(Bun.file(LIBRARY)),
			},
		});
	});
	afterAll(async () => {
		await browser.close();
		await files.stop(true);
	});

	const shows = (page: Page, text: string) =>
		page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, text);

	async function connect(page: Page, { http, token }: Classroom): Promise<string> {
		await page.locator("input[name=server]").fill(http);
		await page.locator("input[name=token]").fill(token ?? "");
		await page.locator("form button").click();
		await shows(page, "Online as PageCat");
		const text = await page.$eval("#state", (state) => state.textContent ?? "");
		return /\((\S+)\)/.exec(text)?.[1] ?? "";
	}

	async function slideTo(page: Page, value: string): Promise<void> {
		await page.$eval(
			"#value",
			(slider, wanted) => {
				if (!(slider instanceof HTMLInputElement)) return;
				slider.value = wanted;
				slider.dispatchEvent(new Event("input"));
			},
			value,
		);
	}

	test.each(["this machine", "a network"] as const)(
		"on %s: the slider's square comes back; leaving deregisters",
		async (kind) => {
			const room = await Classroom.open(kind);
			const page = await browser.newPage();
			const problems: string[] = [];
			page.on("pageerror", (error) => problems.push(String(error)));
			try {
				await page.goto(`http://127.0.0.1:${files.port}/`);
				const id = await connect(page, room);
				expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
				await drawGraph(id, room.mosquitto);
				await slideTo(page, "12");
				await shows(page, "[144]");
				await page.locator("#leave").click();
				await shows(page, "Not connected.");
				await expectGone(room, id);
				expect(problems).toEqual([]);
			} finally {
				await page.close();
				await room.dispose();
			}
		},
	);

	test("opened as a file from a clone it works too, and a closed page deregisters", async () => {
		const room = await Classroom.open("this machine");
		const page = await browser.newPage();
		try {
			await page.goto(`file://${join(EXAMPLES, "browser/index.html")}`);
			const id = await connect(page, room);
			await drawGraph(id, room.mosquitto);
			await slideTo(page, "11");
			await shows(page, "[121]");
			await page.goto("about:blank");
			await expectGone(room, id);
		} finally {
			await page.close();
			await room.dispose();
		}
	});

	test("a server that is not there is named in the page", async () => {
		const page = await browser.newPage();
		await page.goto(`http://127.0.0.1:${files.port}/`);
		await page.locator("input[name=server]").fill("http://127.0.0.1:9");
		await page.locator("form button").click();
		await shows(page, "Cannot connect:");
		await page.close();
	});
});

/** Waits until the server no longer knows the device: the page's request goes out by itself. */
async function expectGone(room: Classroom, id: string): Promise<void> {
	const isGone = async () => (await room.fetch(`/${id}`)).status === 404;
	await until(isGone, "the server to forget the page's device");
}
