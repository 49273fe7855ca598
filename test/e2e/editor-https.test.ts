// The editor over the encrypted port, whose certificate is renewed under open pages, in headless Chromium.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { shownAt } from "../support/certificates.ts";
import { launchChromium } from "../support/chromium.ts";
import { CodeEditor } from "../support/code-editor.ts";
import { EditorPage } from "../support/editor.ts";
import { freePort } from "../support/ports.ts";
import { hasProgram } from "../support/programs.ts";
import { PASSWORD, ProjectServer, WebPerson } from "../support/project-server.ts";
import { change, drawProject } from "../support/sensor-project.ts";
import { until } from "../support/waiting.ts";

/** What a person types to pass Chromium's warning, where a tap on a phone is two. */
const PASS = "thisisunsafe";
/** Browsers trust the machine's own names without encryption; this one is any other. */
const ELSEWHERE = "phone.test";

describe.if(hasProgram("chromium"))("the editor over the encrypted port", () => {
	let server: ProjectServer;
	let admin: WebPerson;
	let safe: WebPerson;
	let port: number;
	beforeAll(async () => {
		server = await ProjectServer.start("[gui]\nworkbench = off\n");
		admin = await server.admin();
		port = await freePort();
		await admin.ok("POST", "/api/v1/https", { port });
		const login = await fetch(`${secure()}/api/v0/account/login`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ username: "root", password: PASSWORD }),
			keepalive: false,
			tls: { ca: readFileSync(join(server.folder, "tls/ca.pem"), "utf8") },
		});
		const [cookie = ""] = (login.headers.get("set-cookie") ?? "").split(";");
		safe = new WebPerson(secure(), cookie);
	});
	afterAll(() => server.dispose());

	const secure = () => `https://127.0.0.1:${port}`;

	async function renew(): Promise<void> {
		const before = await shownAt(port);
		server.command("cert", "self-signed", "--force");
		server.reload();
		// A connection that is not accepted yet when the listener changes is reset.
		const isNew = async () => (await shownAt(port).catch(() => before)) !== before;
		await until(isNew, "the new certificate");
	}

	async function withBrowser(
		options: Parameters<typeof launchChromium>[0],
		work: (browser: Browser) => Promise<void>,
	): Promise<void> {
		const browser = await launchChromium(options);
		try {
			await work(browser);
		} finally {
			await browser.close();
		}
	}

	/** Passes the warning: the page that was asked for loads. */
	async function pass(page: Page): Promise<void> {
		await page.waitForSelector("#details-button");
		await Promise.all([page.waitForNavigation(), page.keyboard.type(PASS)]);
	}

	test("streams go on under a renewed certificate that is trusted, and what is typed is kept", () =>
		withBrowser({ acceptInsecureCerts: true }, async (browser) => {
			const drawn = await drawProject(admin, "renewed");
			const rename = (na_name: string) =>
				change(admin, drawn.pId, { kind: "rename_join", na_id: drawn.naId, na_name });
			const place = { person: safe, base: secure() };
			const project = await EditorPage.open(browser, `#/p/${drawn.pId}`, place);
			await rename("before");
			await project.shows("before");
			const functions = await EditorPage.open(browser, "#/f?new=1", place);
			await new CodeEditor(functions).write("def run(x1):", "return x1 + 1");
			await functions.fill("Name of the function", "typed before");
			await renew();
			await rename("after");
			await project.shows("after");
			await project.press("Undo");
			await functions.press("Save");
			await functions.hides("Not saved");
			expect(JSON.stringify(await admin.ok("GET", "/api/v0/function"))).toContain("typed before");
			await Promise.all([project.close(), functions.close()]);
		}));

	test("where the warning was passed, it has to be passed again, and the draft is still there", () =>
		withBrowser({}, async (browser) => {
			const page = await browser.newPage();
			const [name = "", value = ""] = safe.cookie.split("=");
			await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/", secure: true });
			const address = `${secure()}/gui/#/f?new=1`;
			await page.goto(address).catch(() => {});
			await pass(page);
			const tab = EditorPage.of(page);
			const code = new CodeEditor(tab);
			await code.write("def run(x1):", "return x1 + 41");
			await tab.fill("Name of the function", "kept over a renewal");
			await renew();
			const asks = () =>
				fetch("/health").then(
					({ ok }) => ok,
					() => false,
				);
			await until(async () => !(await page.evaluate(asks)), "the browser's refusal");
			await page.reload().catch(() => {});
			await pass(page);
			await page.waitForSelector(".code-area");
			await code.shows("return x1 + 41");
			await tab.press("Save");
			await tab.hides("Not saved");
			expect(JSON.stringify(await admin.ok("GET", "/api/v0/function"))).toContain(
				"kept over a renewal",
			);
		}));

	test("a page that passed the warning may use sensors, and one without encryption may not", () =>
		withBrowser(
			{ flags: [`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`] },
			async (browser) => {
				const page = await browser.newPage();
				const facts = () =>
					page.evaluate(() => ({
						isSecure: isSecureContext,
						motion: "ondevicemotion" in window,
						microphone: "mediaDevices" in navigator,
						wakeLock: "wakeLock" in navigator,
					}));
				const all = { isSecure: true, motion: true, microphone: true, wakeLock: true };
				const none = { isSecure: false, motion: false, microphone: false, wakeLock: false };
				const { port: open } = new URL(server.http);
				await page.goto(`http://${ELSEWHERE}:${open}/da/Smartphone`);
				expect(await facts()).toEqual(none);
				await page.goto(`https://${ELSEWHERE}:${port}/da/Smartphone`).catch(() => {});
				await pass(page);
				expect(await facts()).toEqual(all);
			},
		));
});
