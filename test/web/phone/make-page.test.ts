// How much a phone loads: of what the build has made, in bytes of gzip.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const BUILT = join(import.meta.dir, "../../../build/phone");
const MOST_BYTES = 30_000;

interface MadeFile {
	readonly name: string;
	readonly gz: number;
}

const made: readonly MadeFile[] = JSON.parse(readFileSync(join(BUILT, "sizes.json"), "utf8"));

describe("what a phone loads", () => {
	test("all of it is at most 30 KB", () => {
		expect(made.map(({ gz }) => gz).reduce((sum, gz) => sum + gz)).toBeLessThan(MOST_BYTES);
	});

	test("names of files change with their content, and nothing stands inline in the page", () => {
		for (const { name } of made) {
			if (name !== "index.html") expect(name).toMatch(/^phone-[0-9a-z]{8}\.(js|css)$/);
		}
		const html = Bun.gunzipSync(readFileSync(join(BUILT, "index.html.gz")));
		const text = new TextDecoder().decode(html);
		expect(text).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=/);
		const names = [...text.matchAll(/(?:src|href)="\.\/assets\/([^"]+)"/g)].map(([, name]) => name);
		expect(names.toSorted()).toEqual(
			made
				.map(({ name }) => name)
				.filter((name) => name !== "index.html")
				.toSorted(),
		);
	});
});
