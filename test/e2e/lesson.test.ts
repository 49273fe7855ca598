// A class's first lesson, from an empty directory, on the compiled binary: forty phones by one code, two of them real
// pages, and a lamp on a screen.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { en as crowd } from "../../src/web/editor/texts/crowd.ts";
import { en as invite } from "../../src/web/editor/texts/invite.ts";
import { en as panel } from "../../src/web/editor/texts/panel.ts";
import { en as project } from "../../src/web/editor/texts/project.ts";
import { en as later } from "../../src/web/editor/texts/project-later.ts";
import { launchChromium } from "../support/chromium.ts";
import { CodeEditor } from "../support/code-editor.ts";
import { EditorPage, WIDTHS } from "../support/editor.ts";
import { meets } from "../support/meets.ts";
import { PhoneClient } from "../support/phone-client.ts";
import { hasProgram } from "../support/programs.ts";
import { PASSWORD, ProjectServer } from "../support/project-server.ts";
import { story } from "../support/story.ts";
import { DEADLINE_MS, LONG_DEADLINE_MS, until, within } from "../support/waiting.ts";

const SEATS = 40;
const COLOUR = "Color-I1";
const PAGES = ["小明", "Ann"] as const;

type Colour = readonly [number, number, number];
const hexOf = (colour: Colour) =>
	`#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
/** Of each phone another one. */
const colourOf = (phone: number): Colour => [phone * 6, 255 - phone * 6, 255];

describe.if(hasProgram("chromium"))("the first lesson", () => {
	let server: ProjectServer;
	let browser: Browser;
	let folder: string;
	let tab: EditorPage;
	let lamp: EditorPage;
	let address = "";
	const phones: PhoneClient[] = [];
	const pages: EditorPage[] = [];
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-lesson-"));
		browser = await launchChromium();
		server = await ProjectServer.start("[gui]\nworkbench = on\n");
	});
	afterAll(async () => {
		await browser.close();
		await server.dispose();
		rmSync(folder, { recursive: true });
	});

	const step = story("in five minutes");
	const at = (hash: string) => tab.go(`#/p/1${hash}`);
	const lampSays = (text: string) =>
		until(async () => (await lampText()).includes(text), `the lamp to show ${text}`, {
			ms: LONG_DEADLINE_MS,
		});
	const lampText = () => lamp.page.$eval(".lamp", (one) => one.textContent ?? "");
	/** What is changed in the project counts a moment later: all phones go on sending until it is so. */
	const whileSending = (colour: Colour, what: string, isSo: () => Promise<boolean>) =>
		until(
			async () => {
				await Promise.all(phones.map((phone) => phone.send(COLOUR, colour)));
				// A device may send 20 times a second.
				await Bun.sleep(100);
				return isSo();
			},
			what,
			{ ms: LONG_DEADLINE_MS },
		);
	const counted = (taken: number) =>
		tab.page.waitForFunction(
			(text) => document.querySelector(".invite-count")?.textContent?.startsWith(text),
			{},
			`${taken} / ${SEATS}`,
		);
	/** A finger on a page's colours, somewhere from the left and the top. */
	const touch = async ({ page }: EditorPage, x: number, y: number) => {
		const isTouched = async () => {
			const field = await page.waitForSelector(".colours");
			await field?.scrollIntoView();
			const box = await field?.boundingBox();
			if (!field || !box) throw new Error("the page has no colours");
			const at = [box.x + x * box.width, box.y + y * box.height] as const;
			return meets(page, field, () => page.touchscreen.tap(...at));
		};
		await until(isTouched, "a touch of the colours", { ms: LONG_DEADLINE_MS });
		await page.waitForFunction(() => document.querySelector(".value")?.textContent !== "–");
	};

	step("0:30 someone becomes the administrator", async () => {
		const [base = "", hash = ""] = server.setupAddress().split("/gui/");
		tab = await EditorPage.open(browser, hash, { base });
		await tab.fill("Name", "root");
		await tab.fill("Password", PASSWORD);
		await tab.press("Set up");
		await tab.press("Continue");
	});

	step("0:45 of a template simulated phones move a lamp on the screen", async () => {
		await tab.press('Use the template "Class lamp"');
		await tab.page.waitForSelector("path.lanes-is-running");
		lamp = await EditorPage.open(browser, "", { base: server.http, at: "/da/Bulb" });
		await at("/block/2");
		await (await tab.page.waitForSelector(".panel-list .kit-button"))?.press("Enter");
		await lampSays("#");
		const before = await lampText();
		await until(async () => (await lampText()) !== before, "another colour", {
			ms: LONG_DEADLINE_MS,
		});
	});

	step("1:15 the code is shown", async () => {
		await tab.press(project.invite);
		await tab.page.waitForSelector(".invite-code");
		const label = await tab.page.$eval(".invite-qr", (one) => one.getAttribute("aria-label"));
		address = label?.replace(invite.qr(""), "") ?? "";
		expect(address).toMatch(/^http:.*\/join\/[A-Z]{6}$/);
	});

	step(
		"2:15 all seats are taken: by pages whose people type the code, and others at once",
		async () => {
			for (const name of PAGES) {
				const page = await EditorPage.open(browser, "", {
					...{ base: server.http, at: "/join", width: WIDTHS.phone },
				});
				await page.fill("Code of the class", address.split("/").at(-1)?.toLowerCase() ?? "");
				await page.press("Continue");
				await page.fill("Name or nickname (optional)", name);
				await page.press("Join");
				await page.page.waitForSelector(".colours");
				pages.push(page);
			}
			const others = Array.from({ length: SEATS - PAGES.length }, (_, n) =>
				PhoneClient.join(address, `phone ${n}`),
			);
			phones.push(...(await within(Promise.all(others), "all to join", DEADLINE_MS)));
			await counted(SEATS);
			await Promise.all(phones.map((phone) => phone.connect(COLOUR)));
			await tab.page.waitForFunction(
				(seats) => document.querySelectorAll(".invite-online").length === seats,
				{},
				SEATS,
			);
			await tab.press(invite.members(SEATS));
			for (const name of PAGES) await tab.shows(name);
			expect(await PhoneClient.refusal(address)).toContain("409");
			await tab.picture("lesson-invite");
			await tab.page.keyboard.press("Escape");
			await tab.page.waitForSelector("dialog:modal", { hidden: true });
			await tab.shows(crowd.online(SEATS, SEATS));
		},
	);

	step("2:30 every finger changes the lamp", async () => {
		for (const [n, phone] of phones.entries()) {
			await phone.send(COLOUR, colourOf(n));
			await lampSays(hexOf(colourOf(n)));
		}
		const [first, second] = pages;
		for (const [page, x] of [
			[first, 0.2],
			[second, 0.7],
		] as const) {
			if (page === undefined) throw new Error("there is no page");
			await touch(page, x, 0.5);
			const shown = await page.page.$eval(".value", (one) => one.textContent ?? "");
			const [r = 0, g = 0, b = 0] = shown.trim().split(/\s+/).map(Number);
			await lampSays(hexOf([r, g, b]));
		}
	});

	step("2:45 reloads keep the seats", async () => {
		for (const page of pages) {
			await page.page.reload();
			await page.page.waitForSelector(".colours");
		}
		for (const phone of phones) await phone.sleep();
		await Promise.all(phones.map((phone) => phone.connect(COLOUR)));
		await tab.page.waitForFunction(
			(seats) => document.querySelectorAll(".crowd-online").length === seats,
			{},
			SEATS,
		);
	});

	step("3:00 all together make one colour", async () => {
		await at("/join/1");
		await tab.press(crowd.together);
		const close = (part: string | undefined, wanted: number) =>
			Math.abs(Number.parseInt(part ?? "", 16) - wanted) < 20;
		await whileSending([100, 0, 200], "the average of all", async () => {
			const [, r, , b] = /#(..)(..)(..)/.exec(await lampText()) ?? [];
			return close(r, 100) && close(b, 200);
		});
	});

	step("3:30 another function dims the lamp", async () => {
		await at("/wire/1/3");
		await tab.press(panel.functions.edit("dim"));
		await tab.page.waitForSelector(".code-area");
		const code = new CodeEditor(tab);
		await code.shows("// 64");
		await code.write("def run(r, g, b):", "return max(r, g, b) // 128");
		await code.press("Control", "Enter");
		await code.press("Control", "s");
		await tab.shows("Saved “dim”.");
		await whileSending([100, 0, 200], "a lamp that is dimmed", async () =>
			(await lampText()).includes("luminance 1"),
		);
	});

	step("4:30 a mistake is said at its place, and taken back", async () => {
		const code = new CodeEditor(tab);
		await code.write("def run(r, g, b):", "return max(r, g, bb) // 128");
		await code.press("Control", "s");
		await tab.page.waitForFunction(() => !document.body.innerText.includes("Not saved"));
		const trouble = () =>
			tab.page.$$eval(".lanes-trouble", (all) => all.map((one) => one.textContent).join());
		await whileSending([0, 200, 0], "what is wrong", async () => (await trouble()).includes("bb"));
		await tab.picture("lesson-mistake");
		await code.write("def run(r, g, b):", "return max(r, g, b) // 64");
		await code.press("Control", "s");
		await whileSending([0, 255, 0], "a lamp that is bright again", async () =>
			(await lampText()).includes("luminance 3"),
		);
		// A place works again when values have come through it for a while.
		await whileSending([0, 255, 0], "no trouble", async () => (await trouble()) === "");
		await tab.press("Close function");
	});

	step("4:45 a restart of the server loses no one", async () => {
		await server.end();
		await server.run();
		await within(
			Promise.all(phones.map((phone) => phone.connect(COLOUR))),
			"all back",
			DEADLINE_MS,
		);
		for (const page of pages) await page.page.waitForSelector(".colours");
		await tab.page.waitForFunction(
			(seats) => document.querySelectorAll(".crowd-online").length === seats,
			{},
			SEATS,
		);
	});

	step("5:00 the lesson is a file", async () => {
		const session = await tab.page.createCDPSession();
		const { id: browserContextId = "" } = tab.page.browserContext();
		const where = { behavior: "allow" as const, downloadPath: folder, browserContextId };
		await session.send("Browser.setDownloadBehavior", where);
		await tab.press("More project actions");
		await tab.press(later.commands.exportBundle);
		await tab.shows(later.commands.exported("Class lamp.json"));
		const path = join(folder, "Class lamp.json");
		await until(() => Bun.file(path).exists(), "the file", { ms: LONG_DEADLINE_MS });
		const { project, bundle } = JSON.parse(readFileSync(path, "utf8"));
		expect(project.DeviceObject["1"]).toMatchObject({ dm_name: "Remote_control", seats: SEATS });
		expect(project.NetworkApplication[0].crowd).toBe("together");
		expect(JSON.stringify(bundle.Function)).toContain("// 64");
		for (const page of [tab, lamp, ...pages]) await page.page.browserContext().close();
	});
});
