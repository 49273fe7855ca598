import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

describe("the page of the project manager", () => {
	test("the page is at /gui/, with a policy; /gui leads there", async () => {
		const page = await ccm.send(null, "GET", "/gui/");
		expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
		expect(await page.text()).toContain("<title>");
		const short = await ccm.send(null, "GET", "/gui?x=1");
		expect([short.status, short.headers.get("location")]).toEqual([308, "gui/?x=1"]);
		const prefixed = await ccm.send(null, "GET", "/csm/gui");
		expect([prefixed.status, prefixed.headers.get("location")]).toEqual([308, "gui/"]);
	});

	test("/ leads there where no other page is", async () => {
		expect((await ccm.send(null, "GET", "/")).status).toBe(404);
		const alone = await CcmHttp.start({ isHome: true });
		for (const [path, location] of [
			["/", "gui/"],
			["/csm/", "gui/"],
			["/csm", "csm/gui/"],
			["/?x=1", "gui/"],
		] as const) {
			const response = await alone.send(null, "GET", path);
			expect([path, response.status, response.headers.get("location")]).toEqual([
				...[path, 302, location],
			]);
		}
		await alone.stop();
	});

	test("the original's pages lead to the same in the editor, under any prefix", async () => {
		for (const [path, location] of [
			["/connection", "gui/#/"],
			["/connection/", "../gui/#/"],
			["/management", "gui/#/m"],
			["/csm/device", "gui/#/d"],
			["/csm/admin/", "../gui/#/people"],
		] as const) {
			const response = await ccm.send(null, "GET", path);
			expect([path, response.status, response.headers.get("location")]).toEqual([
				...[path, 302, location],
			]);
			expect(response.headers.get("cache-control")).toBe("no-store");
		}
	});
});
