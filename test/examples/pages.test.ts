// examples/pages: an operator's own page, served by the compiled binary, in headless Chromium beside a logged-in editor.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { launchChromium } from "../support/chromium.ts";
import { TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { freePort } from "../support/ports.ts";
import { hasProgram } from "../support/programs.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";

const PAGES = join(import.meta.dir, "../../examples/pages");

describe.if(hasProgram("chromium"))("examples/pages", () => {
	let server: ProjectServer;
	let admin: WebPerson;
	let client: TestClient;
	let browser: Browser;
	let oldPort: number;
	let page: Page;
	beforeAll(async () => {
		oldPort = await freePort();
		server = await ProjectServer.start(
			`[gui]\nweb-da-dir = ${PAGES}\n[v1]\nport = ${oldPort}\npages = ${PAGES}\n`,
		);
		admin = await server.admin();
		client = await TestClient.connect(server.mqtt);
		browser = await launchChromium();
		const [name = "", value = ""] = admin.cookie.split("=");
		const { hostname: domain } = new URL(server.http);
		await browser.setCookie({ name, value, domain, path: "/", httpOnly: true, sameSite: "Strict" });
		page = await browser.newPage();
		await page.goto(`${server.http}/da/slider`);
	});
	afterAll(async () => {
		await browser.close();
		await client.end();
		await server.dispose();
	});

	const deviceOf = () => page.evaluate(() => location.hash.slice(1).split("/")[0] ?? "");
	const isRegistered = () => page.waitForFunction(() => location.hash.includes("/"));
	const isConnected = () =>
		page.waitForFunction(() =>
			document.querySelector("#state")?.textContent?.includes("DummySensor-I, DummyControl-O"),
		);
	/** Moves the slider and waits until its value has come back. */
	async function move(to: number): Promise<void> {
		await page.evaluate((value) => {
			const slider = document.querySelector("input");
			if (slider === null) return;
			slider.value = String(value);
			slider.dispatchEvent(new Event("input"));
		}, to);
		const shown = (value: number) =>
			document.querySelector("#received")?.textContent === `${value}`;
		await page.waitForFunction(shown, {}, to);
	}

	test("registers, sends, receives, and is the same device after a reload", async () => {
		await isRegistered();
		const id = await deviceOf();
		const graph = await TestGraph.open(client, "gui", id);
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: id, idf: "DummySensor-I" });
		await graph.ok({ op: "add_link", da_id: id, odf: "DummyControl-O" });
		await isConnected();
		await move(42);
		await page.reload();
		await isConnected();
		expect(await deviceOf()).toBe(id);
		await move(43);
	});

	test("sees no session, no cookie and no storage, and changes nothing of the server's", async () => {
		const seen = await page.evaluate(async () => {
			const kept = (work: () => unknown) => {
				try {
					return String(work());
				} catch (error) {
					return (error as Error).name;
				}
			};
			const asked = (path: string, init: RequestInit = {}) =>
				fetch(path, { credentials: "include", ...init }).then(
					(answer) => `${answer.type} ${answer.status}`,
					() => "kept by the browser",
				);
			const body = JSON.stringify({ p_name: "mine" });
			const json = { headers: { "Content-Type": "application/json" }, body };
			return {
				origin: self.origin,
				cookie: kept(() => document.cookie),
				storage: kept(() => localStorage.length),
				session: await asked("/api/v1/session"),
				blindly: await asked("/api/v1/session", { mode: "no-cors" }),
				making: await asked("/api/v0/project", { method: "PUT", ...json }),
				status: await asked("/api/status"),
			};
		});
		expect(seen).toEqual({
			origin: "null",
			cookie: "SecurityError",
			storage: "SecurityError",
			session: "kept by the browser",
			blindly: "opaque 0",
			making: "kept by the browser",
			status: "kept by the browser",
		});
		// The same browser is logged in.
		const editor = await browser.newPage();
		await editor.goto(`${server.http}/gui/`);
		const person = () => fetch("/api/v1/session").then((answer) => answer.json());
		expect(await editor.evaluate(person)).toMatchObject({ person: { u_name: "root" } });
		await editor.close();
		const { projects } = await admin.ok("GET", "/api/v1/projects");
		expect(projects).toEqual([]);
	});

	test("is served on the port of the older protocol too, once it has one", async () => {
		for (const [path, status] of [
			["/da/slider", 308],
			["/da/slider/", 200],
			["/da/slider/slider.js", 200],
			["/da/slider/none.js", 404],
		] as const) {
			const answer = await fetch(`http://127.0.0.1:${oldPort}${path}`, { redirect: "manual" });
			expect([path, answer.status]).toEqual([path, status]);
			const { headers } = answer;
			expect(headers.get("content-security-policy")).toBe(
				"sandbox allow-scripts allow-forms allow-popups",
			);
			expect(headers.get("access-control-allow-origin")).toBe("*");
		}
		const post = { method: "POST" };
		expect((await fetch(`http://127.0.0.1:${oldPort}/da/slider/`, post)).status).toBe(405);
	});

	test("cannot use an editor it opens: that has an origin of its own too", async () => {
		const opened = new Promise<Page | null>((resolve) => page.once("popup", resolve));
		await page.evaluate(() => void window.open("/gui/"));
		const popup = await opened;
		await popup?.waitForFunction(() => document.readyState === "complete");
		expect(await popup?.evaluate(() => self.origin)).toBe("null");
		await popup?.close();
	});
});
