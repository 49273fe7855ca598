import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { PageFiles } from "../../src/http/page-files.ts";

const TEXT = "<!doctype html><title>page</title>".repeat(10);
let folder = "";
let files: PageFiles;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-page-"));
	writeFileSync(join(folder, "a.br"), brotliCompressSync(TEXT));
	writeFileSync(join(folder, "a.gz"), gzipSync(TEXT));
	const file = { etag: "abc", br: join(folder, "a.br"), gz: join(folder, "a.gz") };
	files = new PageFiles({
		"index.html": { ...file, type: "text/html; charset=utf-8" },
		"a-1.js": { ...file, type: "text/javascript" },
		"lost.js": { ...file, br: join(folder, "lost.br"), type: "text/javascript" },
	});
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (name: string, fields: Record<string, string> = {}) =>
	files.file(name, { get: (field) => fields[field] ?? null });

describe("files of a page", () => {
	test.each([
		["gzip, deflate, br, zstd", "br"],
		["gzip;q=1.0, *;q=0.1", "gzip"],
		["br;q=0, gzip", "gzip"],
		["GZIP", "gzip"],
		["br;q=0.000, gzip;q=0", null],
		["identity", null],
		["", null],
	])("accepting %j gives %p", async (accepted, coding) => {
		const response = await ask("a-1.js", { "accept-encoding": accepted });
		expect(response?.headers.get("content-encoding") ?? null).toBe(coding);
		expect(response?.headers.get("vary")).toBe("Accept-Encoding");
		const bytes = (await response?.bytes()) ?? new Uint8Array();
		const decode = { br: brotliDecompressSync, gzip: gunzipSync, none: (all: Buffer) => all };
		const decoded = decode[coding === "br" || coding === "gzip" ? coding : "none"](
			Buffer.from(bytes),
		);
		expect(new TextDecoder().decode(decoded)).toBe(TEXT);
	});

	test("the page is asked for again each time and has the policy; the rest is kept for good", async () => {
		const page = await files.page({ get: () => null });
		expect(page?.headers.get("cache-control")).toBe("no-cache");
		const policy = page?.headers.get("content-security-policy") ?? "";
		expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
		expect(policy).not.toContain("unsafe");
		const script = await ask("a-1.js");
		expect(script?.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
		expect(script?.headers.get("content-security-policy")).toBeNull();
		expect(script?.headers.get("x-content-type-options")).toBe("nosniff");
	});

	test("what a client has is not sent again, in the coding it has", async () => {
		const first = await ask("index.html", { "accept-encoding": "br" });
		const etag = first?.headers.get("etag") ?? "";
		for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
			const again = await ask("index.html", { "accept-encoding": "br", "if-none-match": known });
			expect([known, again?.status, await again?.text()]).toEqual([known, 304, ""]);
			expect(again?.headers.get("content-security-policy")).toContain("'self'");
		}
		const other = await ask("index.html", { "accept-encoding": "gzip", "if-none-match": etag });
		expect(other?.status).toBe(200);
	});

	test("no other name is a file", async () => {
		for (const name of ["", "b.js", "a-1.js.br", "../a.gz", "__proto__", "constructor"]) {
			expect(await ask(name)).toBeUndefined();
		}
	});

	test("a file that cannot be read fails alone, and is tried again", async () => {
		const fields = { "accept-encoding": "br" };
		for (let round = 0; round < 2; round++) {
			const failed = await ask("lost.js", fields).then(
				() => false,
				() => true,
			);
			expect(failed).toBe(true);
		}
		writeFileSync(join(folder, "lost.br"), brotliCompressSync("found"));
		expect((await ask("lost.js", fields))?.status).toBe(200);
	});
});
