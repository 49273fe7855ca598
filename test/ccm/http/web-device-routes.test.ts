import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start({ hasLogins: true });
});
afterAll(() => ccm.stop());

const NAMES = ["Smartphone", "Bulb", "Remote_control", "Dummy", "Screen", "Chart", "MusicBox"];

describe("pages that are devices", () => {
	test.each(NAMES)(
		"/da/%s is there without a login and under a prefix, with its files",
		async (name) => {
			for (const prefix of ["", "/csm"]) {
				const page = await ccm.send(null, "GET", `${prefix}/da/${name}`);
				expect(page.status).toBe(200);
				const policy = page.headers.get("content-security-policy");
				expect(policy).toContain(
					"script-src 'self'; style-src 'self'; img-src 'self' data: https:;",
				);
				const html = await page.text();
				const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(
					([, file]) => file,
				);
				expect(files.length).toBeGreaterThan(1);
				for (const file of files) {
					const asset = await ccm.send(null, "GET", `${prefix}/da/${file}`);
					expect([file, asset.status]).toEqual([file, 200]);
					expect(asset.headers.get("cache-control")).toContain("immutable");
				}
			}
		},
	);

	test("a slash at the end leads to the address without one", async () => {
		const page = await ccm.send(null, "GET", "/csm/da/Bulb/?x=1");
		expect([page.status, page.headers.get("location")]).toEqual([308, "../Bulb?x=1"]);
	});

	test("what a browser has already is not sent again", async () => {
		const first = await ccm.send(null, "GET", "/da/Dummy");
		const etag = first.headers.get("etag") ?? "";
		const again = await ccm.send(null, "GET", "/da/Bulb", { headers: { "if-none-match": etag } });
		expect(again.status).toBe(304);
	});

	test("other names and files are not there", async () => {
		expect((await ccm.send(null, "GET", "/da/Toaster")).status).toBe(404);
		const { status, headers } = await ccm.send(null, "GET", "/da/assets/old-00000000.js");
		expect([status, headers.get("cache-control")]).toEqual([404, "no-store"]);
	});
});
