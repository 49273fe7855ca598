import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledPackages } from "../../scripts/bundled-packages.ts";
import { ALLOWED, notices } from "../../scripts/notices.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const packages = await bundledPackages();

describe("licenses", () => {
	test("every dependency of the program is bundled, and its packages are found", () => {
		const names = packages.map(({ name }) => name);
		const wanted = Object.keys(JSON.parse(read("package.json")).dependencies);
		expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
		expect(names.length).toBeGreaterThan(90);
	});

	test("every bundled package has a license text that names its terms", () => {
		// What each of the allowed licenses says in one of its sentences.
		const terms =
			/Permission is hereby granted|Permission to use, copy, modify|Redistribution and use|Apache License|Mozilla Public License/i;
		const without = packages.filter(({ text }) => !terms.test(text));
		expect(without.map(({ name }) => name)).toEqual([]);
	});

	test("no bundled package has a license that is not on the list", () => {
		const others = packages.filter(({ license }) => !ALLOWED.includes(license));
		expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
	});

	test("THIRD_PARTY_NOTICES is what is bundled (bun scripts/notices.ts)", async () => {
		expect(read("THIRD_PARTY_NOTICES")).toBe(await notices());
	});

	test("THIRD_PARTY_NOTICES names runtimes, and where the source of the MPL's and LGPL's parts is", () => {
		const text = read("THIRD_PARTY_NOTICES");
		for (const words of [
			"\nBun 1.",
			"https://github.com/oven-sh/WebKit",
			"GNU LIBRARY GENERAL PUBLIC LICENSE",
			"PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
			"https://github.com/pyodide/pyodide/tree/",
			"Mozilla Public License Version 2.0",
		]) {
			expect(text).toContain(words);
		}
	});

	test("the project's own license is MIT, in LICENSE and in package.json", () => {
		expect(read("LICENSE")).toStartWith("MIT License\n");
		expect(JSON.parse(read("package.json")).license).toBe("MIT");
	});
});
