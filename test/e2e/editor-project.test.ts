// The screen of a project in headless Chromium: what is said and done around lanes and panel.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { en, zh } from "../../src/web/editor/texts/project.ts";
import { en as laterEn, zh as laterZh } from "../../src/web/editor/texts/project-later.ts";
import { EditorBench, type EditorPage, WIDTHS } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";
import { PASSWORD, type WebPerson } from "../support/project-server.ts";
import { change, documentOf, drawProject, type SensorProject } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { until } from "../support/waiting.ts";

const LONG = `<b>${"Name of a project ".repeat(11)}`.slice(0, 200);

describe.if(hasProgram("chromium"))("the screen of a project", () => {
	let bench: EditorBench;
	let ann: WebPerson;
	let bob: WebPerson;
	let drawn: SensorProject;
	let tab: EditorPage;
	let other: EditorPage;
	beforeAll(async () => {
		bench = await EditorBench.start();
		ann = await bench.server.person("ann");
		bob = await bench.server.person("bob");
		drawn = await drawProject(ann, "lamp");
		const share = { u_id: "bob", may: "edit" };
		await ann.ok("POST", `/api/v0/project/${drawn.pId}/share`, share);
	});
	afterAll(async () => {
		await bench.dispose();
	});

	const here = (rest = "") => `#/p/${drawn.pId}${rest}`;
	const rename = (na_name: string) => ({ kind: "rename_join", na_id: drawn.naId, na_name });
	const nameOfJoin = async () => (await documentOf(ann, drawn.pId)).joins[0]?.na_name;
	const hash = () => tab.page.evaluate(() => location.hash);
	const choose = async (page: EditorPage, name: string) => {
		const isEnglish = await page.page.evaluate(() => document.documentElement.lang === "en");
		await page.press(isEnglish ? en.more : zh.more);
		await page.press(name);
	};
	const step = story("a project and two people");

	step("shows what a script changes, and takes it back and again", async () => {
		tab = await bench.open(here(), { person: ann });
		await tab.shows("lamp");
		await change(ann, drawn.pId, rename("by a script"));
		await tab.shows("by a script");
		await tab.press("Undo");
		await tab.shows("Undone: renamed a join to “Join”");
		expect(await nameOfJoin()).toBe("Join");
		await tab.page.keyboard.down("Control");
		await tab.page.keyboard.press("y");
		await tab.page.keyboard.up("Control");
		await tab.shows("Done again: renamed a join to “by a script”");
		expect(await nameOfJoin()).toBe("by a script");
	});

	step("leaves an open menu alone while others change the project", async () => {
		const { page } = tab;
		await tab.press(en.more);
		await page.waitForFunction(() => document.activeElement?.closest("[role=menu]"));
		await page.keyboard.press("ArrowDown");
		const before = await page.evaluateHandle(() => document.activeElement);
		await change(ann, drawn.pId, rename("meanwhile"));
		await tab.shows("meanwhile");
		expect(await page.evaluate((one) => one === document.activeElement, before)).toBe(true);
		await page.keyboard.press("Escape");
		await change(ann, drawn.pId, rename("by a script"));
		await tab.shows("by a script");
	});

	step("shows who else is there and what they do", async () => {
		other = await bench.open(here(), { person: bob, width: 390, language: "zh-Hant" });
		await tab.page.waitForSelector('[aria-label="Looking at it now: bob"]');
		await other.press("執行（目前已暫停）");
		await tab.page.waitForSelector('[aria-label="Running: pause"]');
		await tab.page.keyboard.press("p");
		await other.page.waitForSelector('[aria-label="執行（目前已暫停）"]');
		await choose(tab, "Project log");
		await tab.shows("paused the project");
		expect(await hash()).toBe(here("/log"));
		await tab.isUsable("project-log");
		await tab.page.keyboard.press("Escape");
		await until(async () => (await hash()) === here(), "the closed log");
	});

	step(
		"finds parts, commands and pages by keyboard, also while characters are composed",
		async () => {
			await tab.page.keyboard.press("/");
			await tab.page.waitForSelector("[role=combobox]:focus");
			await tab.page.keyboard.type("script");
			const isTyping =
				"new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })";
			await tab.page.evaluate(`document.activeElement.dispatchEvent(${isTyping})`);
			await tab.isUsable("project-find");
			await tab.page.keyboard.press("Enter");
			await until(async () => (await hash()) === here(`/join/${drawn.naId}`), "the join");
			await tab.page.keyboard.press("?");
			await tab.shows("Stop connecting, close the panel");
			await tab.isUsable("project-keys");
			await tab.page.keyboard.press("Escape");
			await tab.page.keyboard.down("Control");
			await tab.page.keyboard.press("k");
			await tab.page.keyboard.up("Control");
			await tab.page.waitForSelector("[role=combobox]:focus");
			await tab.page.keyboard.type("lampModel");
			await tab.press("Show only what matches “lampModel”Filter");
			await tab.shows("Only what matches “lampModel” is shown.");
			await tab.press("Show all");
			await tab.hides("Only what matches");
		},
	);

	step("skips a step that another person's change is in the way of", async () => {
		await change(ann, drawn.pId, rename("by ann"));
		await change(bob, drawn.pId, rename("by bob"));
		await tab.shows("by bob");
		await tab.press("Undo");
		await tab.shows("Cannot undo:");
		await tab.press("Skip this step");
		await tab.shows("Undone: started the project");
	});

	step("renames, copies, shares, exports and simulates", async () => {
		await choose(tab, "Rename…");
		await tab.fill("Project name", LONG);
		await tab.press("Save");
		await tab.page.waitForFunction((name) => document.title.startsWith(name), {}, LONG);
		expect(await tab.page.$("h1 b")).toBeNull();
		await choose(tab, "Share…");
		await tab.fill("User name to share with", "nobody");
		await tab.press("Share");
		await tab.shows("There is no such user.");
		await tab.isUsable("project-share");
		await tab.page.keyboard.press("Escape");
		await choose(tab, "Simulated devices");
		await tab.shows("Simulated devices stand in");
		await choose(tab, "Export with models and functions");
		await tab.shows("exported.");
		await choose(tab, "Copy…");
		await tab.fill("Project name", "second lamp");
		await tab.press("Copy");
		await until(async () => (await hash()) !== here(`/join/${drawn.naId}`), "the copy");
		await tab.shows("second lamp");
		await tab.go(here());
	});

	step("has everything within reach of a finger on a phone", async () => {
		await other.shows("模擬裝置");
		await other.isUsable("project-phone");
		await other.press("更多專案操作");
		await other.page.waitForSelector("[role=menu] [role=menuitem]");
		const { offered } = await other.page.evaluate(() => ({
			offered: [...document.querySelectorAll("[role=menu] [role^=menuitem]")].map((one) =>
				one.textContent.trim(),
			),
		}));
		expect(offered).toEqual([
			...["尋找", "復原", "重做", "加入裝置", "邀請手機", "模擬裝置", "重建所有連線"],
			...["專案紀錄", "匯入專案…", "鍵盤快速鍵"],
		]);
		await other.press("尋找");
		await other.page.waitForSelector("[role=combobox]");
		await other.isUsable("project-phone-find");
		await other.page.keyboard.press("Escape");
	});

	step("opens no stream for a hidden page, and everything when it is shown again", async () => {
		const hide = (isHidden: boolean) =>
			tab.page.evaluate((value) => {
				Object.defineProperty(document, "hidden", { value, configurable: true });
				document.dispatchEvent(new Event("visibilitychange"));
			}, isHidden);
		const isAlone = async () => (await other.page.$(".project-people")) === null;
		await other.page.waitForSelector(".project-people");
		await hide(true);
		await until(isAlone, "the other person to be alone");
		await change(bob, drawn.pId, rename("while hidden"));
		await hide(false);
		await tab.shows("while hidden");
		await other.page.waitForSelector(".project-people");
	});

	for (const signal of ["SIGTERM", "SIGKILL"] as const) {
		step(`says that the server is gone, and goes on by itself after ${signal}`, async () => {
			await bench.server.end(signal);
			await tab.shows("Connection to the server lost");
			await tab.press("Undo");
			await tab.shows("Nothing was changed: the server cannot be reached.");
			await tab.isUsable(`project-lost-${signal}`);
			await bench.server.run();
			await tab.hides("Connection to the server lost");
			await change(ann, drawn.pId, rename(`after ${signal}`));
			await tab.shows(`after ${signal}`);
			await other.shows(`after ${signal}`);
		});
	}

	step("asks for a login that has ended, and goes on after it", async () => {
		await ann.get("/api/v0/account/logout");
		// Its stream ends, before anything is pressed.
		await tab.shows("Your login has ended");
		await tab.fill("Password", PASSWORD);
		await tab.press("Log in");
		await tab.hides("Your login has ended");
		ann = await bench.server.person("ann");
		await change(ann, drawn.pId, rename("after the login"));
		await tab.shows("after the login");
	});

	step("says that another person has deleted the project", async () => {
		await ann.ok("DELETE", `/api/v0/project/${drawn.pId}`);
		await other.shows("這個專案已經不在了");
		await other.isUsable("project-gone");
		await tab.shows("This project is gone");
		await tab.press("To the projects");
		await tab.go("#/p/999999");
		await tab.shows("There is no such project");
		await tab.close();
		await other.close();
	});

	test.each([WIDTHS.tablet, WIDTHS.desk])(
		"has no button that moves away from under a finger while the rest is loaded, at %d px",
		async (width) => {
			const { pId } = await drawProject(ann, `still ${width}`);
			const still = await bench.open("#/", { person: ann, width });
			const { page } = still;
			await still.shows(`still ${width}`);
			const rest = Promise.withResolvers<void>();
			await page.setRequestInterception(true);
			page.on("request", async (request) => {
				if (/\/(bar-later|en-later)-/.test(request.url())) await rest.promise;
				await request.continue();
			});
			const places = () =>
				page.$$eval(".project-bar :is(a, button)", (all) =>
					Object.fromEntries(
						all.map((one) => [
							one.getAttribute("aria-label") ?? one.textContent,
							one.getBoundingClientRect().x,
						]),
					),
				);
			await still.go(`#/p/${pId}`);
			await page.waitForSelector(".project-run");
			const before = await places();
			expect(Object.keys(before)).toContain(en.addDevice);
			rest.resolve();
			await still.shows(en.invite);
			expect(await places()).toMatchObject(before);
			await still.close();
		},
	);

	test.each([
		["desk", "dark", "en"],
		["tablet", "light", "zh-Hant"],
		["phone", "dark", "zh-Hant"],
		["phone", "light", "en"],
	] as const)("has usable dialogs at a %s, %s, in %s", async (device, theme, language) => {
		const words = language === "en" ? en : zh;
		const { changes, commands } = language === "en" ? laterEn : laterZh;
		const { pId } = await drawProject(ann, `${device} ${theme}`);
		const page = await bench.open(`#/p/${pId}`, {
			...{ person: ann, width: WIDTHS[device], theme, language },
		});
		await page.shows(`${device} ${theme}`);
		const looks = async (name: string) => page.isUsable(`project-${name}-${device}-${theme}`);
		await page.press(words.more);
		await page.page.waitForSelector("[role=menu] [role=menuitem]");
		await looks("menu");
		await page.page.keyboard.press("Escape");
		const dialogs = [
			...[commands.rename, commands.share, commands.copy, commands.copyMembers],
			...[commands.importFile, commands.keys, commands.remove],
		];
		for (const [index, name] of dialogs.entries()) {
			await choose(page, name);
			await page.page.waitForSelector("dialog:modal");
			await looks(`dialog-${index}`);
			await page.page.keyboard.press("Escape");
			await page.page.waitForSelector("dialog:modal", { hidden: true });
		}
		await choose(page, commands.log);
		await change(ann, pId, { kind: "set_status", status: "on" });
		await page.shows(changes.set_status(true));
		await looks("log");
		await page.close();
	});
});
