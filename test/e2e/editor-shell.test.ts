// What surrounds the editor's screens, in headless Chromium on the compiled server.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EditorBench, type EditorPage, LANGUAGES, THEMES, WIDTHS } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";
import { PASSWORD } from "../support/project-server.ts";

/** Answers a page has got: path, status, and bytes that were sent. */
interface Sent {
	readonly path: string;
	readonly status: number;
	readonly isCached: boolean;
}

/** Notes what a page loads below `/gui/`. */
function notesLoads(tab: EditorPage): Sent[] {
	const sent: Sent[] = [];
	tab.page.on("response", (response) => {
		const { pathname: path } = new URL(response.url());
		if (!path.includes("/gui/")) return;
		sent.push({ path, status: response.status(), isCached: response.fromCache() });
	});
	return sent;
}

/** A proxy that has the server below a path of its own. */
function startProxy(prefix: string, to: string) {
	return Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch: (request) => {
			const { pathname, search, host } = new URL(request.url);
			if (!pathname.startsWith(`${prefix}/`)) return new Response("elsewhere", { status: 404 });
			const headers = new Headers(request.headers);
			headers.set("host", host);
			const { method, body } = request;
			const path = pathname.slice(prefix.length) + search;
			return fetch(to + path, { method, headers, body, redirect: "manual", decompress: false });
		},
	});
}

describe.if(hasProgram("chromium"))("the editor", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start();
	});
	afterAll(() => bench.dispose());

	test("has a policy that allows nothing inline, and the console says nothing", async () => {
		const page = await fetch(`${bench.server.http}/gui/`);
		expect(page.headers.get("content-security-policy")).toBe(
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
		);
		const html = await page.text();
		expect(html).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=/);
		const tab = await bench.open("#/");
		await tab.page.waitForSelector("h1");
		await tab.close();
	});

	test("a second visit transfers the page's tag and nothing else", async () => {
		const tab = await bench.open("#/account");
		await tab.page.waitForSelector("h1");
		const sent = notesLoads(tab);
		await tab.page.reload();
		await tab.page.waitForSelector("h1");
		expect(sent.length).toBeGreaterThan(3);
		const fromServer = sent.filter(({ isCached }) => !isCached);
		expect(fromServer.map(({ path }) => path)).toEqual(["/gui/"]);
		const page = await fetch(`${bench.server.http}/gui/`);
		const etag = page.headers.get("etag") ?? "";
		const again = await fetch(`${bench.server.http}/gui/`, { headers: { "if-none-match": etag } });
		expect([again.status, (await again.bytes()).length]).toEqual([304, 0]);
		await tab.close();
	});

	test("works below any path behind a proxy", async () => {
		const proxy = startProxy("/iottalk/ccm", bench.server.http);
		const base = `http://127.0.0.1:${proxy.port}/iottalk/ccm`;
		const person = await bench.server.person("dora");
		const tab = await bench.open("#/account", { base, person });
		await tab.shows("dora (teacher)");
		await tab.go("#/f");
		await tab.page.waitForSelector("main h1");
		await tab.press("dora (teacher)");
		await tab.press("Log out");
		await tab.fill("Name", "dora");
		await tab.fill("Password", PASSWORD);
		await tab.press("Log in");
		await tab.page.waitForSelector("main h1");
		expect(tab.page.url()).toStartWith(`${base}/gui/#`);
		await tab.close();
		await proxy.stop(true);
	});

	test("when the login ends, a dialog asks for it, and what was typed is carried out", async () => {
		const person = await bench.server.person("ann");
		const tab = await bench.open("#/account", { person });
		await tab.fill("Current password", PASSWORD);
		await tab.fill("New password", "another long password");
		await person.send("GET", "/api/v0/account/logout");
		await tab.press("Change password");
		await tab.shows("Your login has ended");
		await tab.isUsable("login-ended");
		await tab.fill("Password", "wrong");
		await tab.press("Log in");
		await tab.shows("Wrong name or password.");
		await tab.fill("Password", PASSWORD);
		await tab.press("Log in");
		await tab.shows("Password changed.");
		await tab.hides("Your login has ended");
		await tab.close();
	});

	test.each(LANGUAGES)(
		"the account shows where one is logged in, and ends that: %s",
		async (language) => {
			const name = language === "en" ? "eve" : "fay";
			const person = await bench.server.person(name);
			for (let n = 0; n < 2; n++) await bench.server.person(name);
			const tab = await bench.open("#/account", { person, language, width: WIDTHS.phone });
			const isEnglish = language === "en";
			await tab.shows(isEnglish ? "This browser" : "這個瀏覽器");
			await tab.isUsable(`sessions-${language}`);
			await tab.press(isEnglish ? "Log out everywhere else" : "登出其他所有地方");
			await tab.hides(isEnglish ? "Log out everywhere else" : "登出其他所有地方");
			const { sessions } = await person.ok("GET", "/api/v1/account/sessions");
			expect(sessions).toHaveLength(1);
			await bench.server.person(name);
			await tab.page.reload();
			await tab.click(".account-sessions li button");
			await tab.page.waitForFunction(() => !document.querySelector(".account-sessions li button"));
			await tab.shows(isEnglish ? "This browser" : "這個瀏覽器");
			await tab.close();
		},
	);

	test("leaving that dialog leaves the page", async () => {
		const person = await bench.server.person("bob");
		const tab = await bench.open("#/account", { person });
		await tab.fill("Current password", "wrong");
		await tab.fill("New password", "another long password");
		await tab.press("Change password");
		await tab.shows("The current password is wrong.");
		await person.send("GET", "/api/v0/account/logout");
		await tab.press("Change password");
		await tab.shows("Your login has ended");
		await tab.press("Close");
		await tab.page.waitForSelector("h1");
		await tab.shows("Log in");
		await tab.close();
	});

	test("people make accounts for themselves, where that is allowed", async () => {
		const tab = await bench.open("#/account", { person: undefined, width: WIDTHS.phone });
		await tab.press("No account yet? Create one");
		await tab.isUsable("register");
		await tab.fill("Name", "carol");
		await tab.fill("Password", "a long password");
		await tab.press("Create and log in");
		await tab.shows("carol (teacher)");
		await tab.close();
	});

	test("a browser that keeps no cookies is told so", async () => {
		const tab = await bench.open("#/", { person: undefined });
		await tab.page.setRequestInterception(true);
		tab.page.on("request", (request) => {
			if (!request.url().endsWith("account/login")) return void request.continue();
			void request.respond({ contentType: "application/json", body: '{"state":"ok"}' });
		});
		await tab.fill("Name", "root");
		await tab.fill("Password", PASSWORD);
		await tab.press("Log in");
		await tab.shows("The browser does not keep the login");
		await tab.close();
	});

	test.each(LANGUAGES.flatMap((language) => THEMES.map((theme) => [language, theme] as const)))(
		"can be used by everyone: %s, %s",
		async (language, theme) => {
			for (const [name, width] of Object.entries(WIDTHS)) {
				const tab = await bench.open("#/account", { language, theme, width });
				await tab.page.waitForSelector("main h1");
				await tab.isUsable(`account-${name}-${language}-${theme}`);
				await tab.press(language === "en" ? "root (administrator)" : "root（管理者）");
				await tab.page.waitForSelector('[role="menu"] [role="menuitem"]');
				await tab.isUsable(`menu-${name}-${language}-${theme}`);
				await tab.page.keyboard.press("Escape");
				await tab.go("#/nowhere");
				await tab.shows(language === "en" ? "No such page" : "沒有這個頁面");
				await tab.isUsable(`unknown-${name}-${language}-${theme}`);
				await tab.close();
			}
		},
	);

	test("theme and language are chosen from the keyboard, and kept", async () => {
		const tab = await bench.open("#/account", { width: WIDTHS.phone });
		await tab.page.waitForSelector("main h1");
		await tab.page.focus('[aria-label="root (administrator)"]');
		await tab.page.keyboard.press("Enter");
		const choose = async (text: string) => {
			const see = (wanted: string) => document.activeElement?.textContent?.trim() === wanted;
			for (let n = 0; n < 12 && !(await tab.page.evaluate(see, text)); n++) {
				await tab.page.keyboard.press("ArrowDown");
			}
			await tab.page.keyboard.press("Enter");
		};
		await tab.page.waitForSelector('[role="menu"] :focus');
		await choose("繁體中文");
		await tab.shows("我的帳號");
		await tab.page.keyboard.press("Enter");
		await tab.page.waitForSelector('[role="menu"] :focus');
		await choose("深色");
		await tab.page.waitForSelector("html[data-theme=dark]");
		await tab.page.reload();
		await tab.shows("我的帳號");
		const kept = await tab.page.evaluate(() => [
			document.documentElement.dataset.theme,
			document.documentElement.lang,
			getComputedStyle(document.documentElement).colorScheme,
		]);
		expect(kept).toEqual(["dark", "zh-Hant", "dark"]);
		await tab.close();
	});

	test("a screen that fails says so, and the others go on", async () => {
		const tab = await bench.open("#/");
		await tab.page.setRequestInterception(true);
		tab.page.on("request", (request) => {
			if (!request.url().includes("api/v1/audit")) return void request.continue();
			const body = JSON.stringify({ state: "ok", entries: [null], next: null });
			void request.respond({ contentType: "application/json", body });
		});
		await tab.shows("Projects");
		await tab.go("#/audit");
		await tab.shows("Something is wrong with this page. Reload it.");
		await tab.isUsable("screen-failed");
		await tab.press("Functions");
		await tab.shows("New function");
		await tab.hides("Something is wrong");
		// As Chromium says it of the page's own files; to what a test brings along it does not listen.
		await tab.page.evaluate(() => {
			dispatchEvent(new ErrorEvent("error", { error: new Error("of a part of the page") }));
		});
		await tab.shows("Something went wrong in this page");
		await tab.shows("New function");
		await tab.page.browserContext().close();
	});

	test("seven tabs with a project each work at once", async () => {
		const made = await bench.admin.ok("PUT", "/api/v0/project", { p_name: "seven tabs" });
		const first = await bench.open(`#/p/${made.p_id}`);
		await first.shows("seven tabs");
		const context = first.page.browserContext();
		for (let n = 2; n <= 7; n++) {
			const page = await context.newPage();
			await page.goto(`${bench.server.http}/gui/#/p/${made.p_id}`);
			await page.waitForFunction(() => document.title.includes("seven tabs"));
		}
		await first.page.bringToFront();
		const changes = [{ kind: "rename_project", p_name: "renamed" }];
		await bench.admin.ok("POST", `/api/v1/projects/${made.p_id}/changes`, { base_rev: 0, changes });
		await first.shows("renamed");
		await first.close();
	});
});
