import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PageFolder } from "../../src/http/page-folder.ts";

let above: string;
let folder: string;
beforeEach(() => {
	above = mkdtempSync(join(tmpdir(), "iotctl-pages-"));
	folder = join(above, "pages");
	mkdirSync(join(folder, "lamp/img"), { recursive: true });
	writeFileSync(join(folder, "lamp/index.html"), "<p>lamp");
	writeFileSync(join(folder, "lamp/app.js"), "export {}");
	writeFileSync(join(folder, "lamp/img/燈 1.PNG"), "png");
	writeFileSync(join(above, "secret.txt"), "secret");
});
afterEach(() => rmSync(above, { recursive: true }));

const pages = () => new PageFolder(folder);
const textOf = (content: string | Uint8Array) =>
	typeof content === "string" ? content : new TextDecoder().decode(content);
async function seen(path: string, from = pages()) {
	const { status, fields, content } = await from.answer(path);
	return { status, type: fields["content-type"], text: textOf(content), fields };
}

test("files have their types, and a folder is its index.html", async () => {
	const html = "text/html; charset=utf-8";
	expect(await seen("lamp/")).toMatchObject({ status: 200, type: html, text: "<p>lamp" });
	expect(await seen("lamp/index.html")).toMatchObject({ type: html, text: "<p>lamp" });
	expect((await seen("lamp/app.js")).type).toBe("text/javascript; charset=utf-8");
	expect(await seen("lamp/img/燈 1.PNG")).toMatchObject({ type: "image/png", text: "png" });
	writeFileSync(join(folder, "data.bin"), "x");
	expect((await seen("data.bin")).type).toBe("application/octet-stream");
});

test("a folder without the slash leads to the address with it", async () => {
	const { status, fields } = await seen("lamp");
	expect([status, fields.location]).toEqual([308, "lamp/"]);
	expect((await seen("lamp/img")).fields.location).toBe("img/");
	expect((await seen("lamp/img/")).status).toBe(404);
});

test("everything, errors too, has an origin of its own, and is not kept", async () => {
	for (const path of ["lamp/", "lamp", "none", "../secret.txt"]) {
		expect((await seen(path)).fields).toMatchObject({
			"content-security-policy": "sandbox allow-scripts allow-forms allow-popups",
			"x-content-type-options": "nosniff",
			"cache-control": "no-store",
			"access-control-allow-origin": "*",
		});
	}
	writeFileSync(join(folder, "lamp/index.html"), "changed");
	expect((await seen("lamp/")).text).toBe("changed");
});

describe("it is not there", () => {
	test.each([
		"../secret.txt",
		"lamp/../../secret.txt",
		"lamp//index.html",
		"/lamp/index.html",
		"..",
		".",
		"",
		"lamp\\app.js",
		"lamp/app.js\0.html",
		"lamp/app.js/",
		"lamp/app.js/x",
		"none/",
	])("%j", async (path) => {
		expect(await seen(path)).toMatchObject({ status: 404, type: "application/json" });
	});

	test("a name that is too long for the system", async () => {
		expect((await seen("x".repeat(5000))).status).toBe(404);
	});

	test("what is hidden", async () => {
		mkdirSync(join(folder, ".git"));
		writeFileSync(join(folder, ".git/config"), "x");
		writeFileSync(join(folder, "lamp/.env"), "x");
		for (const path of [".git/config", "lamp/.env"]) expect((await seen(path)).status).toBe(404);
	});

	test("what a link leads to outside; inside it is served", async () => {
		symlinkSync(join(above, "secret.txt"), join(folder, "lamp/out.txt"));
		symlinkSync(above, join(folder, "up"));
		symlinkSync("loop", join(folder, "loop"));
		symlinkSync("lamp", join(folder, "light"));
		mkdirSync(join(above, "pages-2"));
		writeFileSync(join(above, "pages-2/x.txt"), "x");
		symlinkSync(join(above, "pages-2"), join(folder, "two"));
		for (const path of ["lamp/out.txt", "up/secret.txt", "up/", "loop", "two/x.txt"]) {
			expect([path, (await seen(path)).status]).toEqual([path, 404]);
		}
		expect((await seen("light/")).text).toBe("<p>lamp");
	});

	test("where no folder is set, or that is missing", async () => {
		expect((await seen("lamp/", new PageFolder(""))).status).toBe(404);
		expect((await seen("lamp/", new PageFolder(join(above, "none")))).status).toBe(404);
		expect((await seen("etc/passwd", new PageFolder("/"))).status).toBe(200);
	});
});

test("what is not a file is not waited for, and a large one not read", async () => {
	Bun.spawnSync(["mkfifo", join(folder, "pipe")]);
	expect((await seen("pipe")).status).toBe(404);
	writeFileSync(join(folder, "large.bin"), "");
	truncateSync(join(folder, "large.bin"), (16 << 20) + 1);
	expect(await seen("large.bin")).toMatchObject({ status: 403 });
	expect((await seen("large.bin")).text).toContain("more than 16 MiB");
});
