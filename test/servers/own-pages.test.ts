import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	oldPages,
	oldPagesCautions,
	pagesCautions,
	pagesFolder,
} from "../../src/servers/own-pages.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const config = (dir: string) =>
	SERVER_MODULES.ini.parse(
		"x.ini",
		`[core]\nuserdir = /srv/iottalk\n[gui]\nweb-da-dir = ${dir}\n`,
		"/home/pi",
	);

const old = (dir: string) =>
	SERVER_MODULES.ini.parse("x.ini", `[v1]\nport = 9999\npages = ${dir}\n`);

test("the folder of pages is below the user directory, unless it says otherwise", () => {
	expect(pagesFolder(config("pages"))).toBe("/srv/iottalk/pages");
	expect(pagesFolder(config("/var/pages"))).toBe("/var/pages");
	expect(pagesFolder(config("~/pages"))).toBe("/home/pi/pages");
	expect(pagesFolder(config(""))).toBe("");
});

test("pages of the older protocol's port are answered as it answers, without fields it sends itself", async () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-pages-"));
	mkdirSync(join(folder, "lamp"));
	writeFileSync(join(folder, "lamp/index.html"), "<p>lamp");
	const pages = (dir: string) => oldPages({ values: old(dir) });
	const found = await pages(folder)("lamp/");
	expect(found).toMatchObject({ status: 200, type: "text/html; charset=utf-8" });
	expect(Object.keys(found?.fields ?? {}).sort()).toEqual([
		"cache-control",
		"content-security-policy",
		"referrer-policy",
		"x-content-type-options",
	]);
	expect((await pages(folder)("../x"))?.status).toBe(404);
	expect(await pages("")("lamp/")).toBeUndefined();
	rmSync(folder, { recursive: true });
	expect(oldPagesCautions(old(folder))).toEqual([
		`pages in [v1]: no pages are served from "${folder}": no such file or directory`,
	]);
	expect(oldPagesCautions(old(""))).toEqual([]);
});

test("one that cannot be read is named", () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-pages-"));
	expect(pagesCautions(config(""))).toEqual([]);
	expect(pagesCautions(config(folder))).toEqual([]);
	rmSync(folder, { recursive: true });
	expect(pagesCautions(config(folder))).toEqual([
		`web-da-dir in [gui]: no pages are served from "${folder}": no such file or directory`,
	]);
});
