import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pagesCautions, pagesFolder } from "../../src/servers/own-pages.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const config = (dir: string) =>
	SERVER_MODULES.ini.parse(
		"x.ini",
		`[core]\nuserdir = /srv/iottalk\n[gui]\nweb-da-dir = ${dir}\n`,
		"/home/pi",
	);

test("the folder of pages is below the user directory, unless it says otherwise", () => {
	expect(pagesFolder(config("pages"))).toBe("/srv/iottalk/pages");
	expect(pagesFolder(config("/var/pages"))).toBe("/var/pages");
	expect(pagesFolder(config("~/pages"))).toBe("/home/pi/pages");
	expect(pagesFolder(config(""))).toBe("");
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
