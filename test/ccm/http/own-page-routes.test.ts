import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OwnPages } from "../../../src/ccm/http/own-page-routes.ts";
import { route } from "../../../src/http/route.ts";
import { startHttp, type TestHttp } from "../../support/http-server.ts";
import { talk } from "../../support/raw-http.ts";

const UUID = "01234567-89ab-4def-8123-456789abcdef";

let folder: string;
let server: TestHttp;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-own-pages-"));
	mkdirSync(join(folder, "燈/part"), { recursive: true });
	writeFileSync(join(folder, "燈/index.html"), "<p>lamp");
	writeFileSync(join(folder, "燈/part/app.js"), "export {}");
	for (const name of ["Smartphone", "assets", UUID]) {
		mkdirSync(join(folder, name));
		writeFileSync(join(folder, name, "index.html"), "not served");
	}
	writeFileSync(join(folder, "../own-pages-secret.txt"), "secret");
	const pages = new OwnPages(() => folder);
	const page = route({
		...{ method: "GET", path: "/da/{id}", summary: "A page", who: "any-page", anyId: true },
		...{ replies: {}, run: (context) => pages.answer(context) },
	});
	const up = (["POST", "ANY"] as const).map((method) =>
		route({
			...{ method, path: "/da/{id}/up", summary: "A device's", who: "any-page" },
			...{ replies: {}, run: () => new Response(`a device's ${method}`) },
		}),
	);
	server = await startHttp([page, ...up, ...pages.routes]);
});
afterAll(async () => {
	await server.stop();
	rmSync(join(folder, "../own-pages-secret.txt"));
	rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
	fetch(server.url + path, { redirect: "manual", headers });
const LAMP = `/da/${encodeURIComponent("燈")}`;

test("a page and its files are served below its name, under any prefix", async () => {
	for (const prefix of ["", "/csm"]) {
		const page = await get(`${prefix}${LAMP}/`);
		expect([page.status, await page.text()]).toEqual([200, "<p>lamp"]);
		expect(page.headers.get("content-security-policy")).toBe(
			"sandbox allow-scripts allow-forms allow-popups",
		);
		expect(await (await get(`${prefix}${LAMP}/part/app.js`)).text()).toBe("export {}");
		const bare = await get(`${prefix}${LAMP}`);
		expect([bare.status, bare.headers.get("location")]).toEqual([
			308,
			`${encodeURIComponent("燈")}/`,
		]);
	}
	expect((await get(`${LAMP}/`, { origin: "https://elsewhere.example" })).status).toBe(200);
	expect(await (await get(`/da/${UUID}/up`)).text()).toBe("a device's ANY");
	const post = (path: string) => fetch(server.url + path, { method: "POST" });
	expect(await (await post(`/da/${UUID}/up`)).text()).toBe("a device's POST");
	expect((await post(`${LAMP}/part/app.js`)).status).toBe(405);
});

test("names of the program and of devices are not the folder's", async () => {
	for (const name of ["Smartphone/", "assets/", `${UUID}/`, `${UUID.toUpperCase()}/index.html`]) {
		const answer = await get(`/da/${name}`);
		expect([name, answer.status]).toEqual([name, 404]);
		expect(await answer.json()).toMatchObject({ state: "error" });
	}
});

test("no address leads out of the folder", async () => {
	const paths = [
		"/da/../own-pages-secret.txt",
		"/da/x/../../own-pages-secret.txt",
		"/da/%2e%2e/own-pages-secret.txt",
		"/da/..%2fown-pages-secret.txt",
		"/da/%252e%252e/own-pages-secret.txt",
		`${LAMP}/..%2f..%2fown-pages-secret.txt`,
		`${LAMP}/..%5c..%5cown-pages-secret.txt`,
		`${LAMP}/..\\..\\own-pages-secret.txt`,
		`${LAMP}/%00`,
	];
	for (const path of paths) {
		const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
		const text = await talk({ http: server.url }, [head]);
		expect([path, text.split(" ")[1]]).toEqual([path, "404"]);
		expect(text).not.toContain("secret");
	}
});
