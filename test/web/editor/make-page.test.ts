// How much of the editor is loaded for what: of what the build has made, in bytes of gzip.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const BUILT = join(import.meta.dir, "../../../build/editor");

interface MadeFile {
	readonly name: string;
	/** What begins it, from `src/web/editor`; null: what several share. */
	readonly source: string | null;
	readonly needed: readonly string[];
	readonly gz: number;
}

const made: readonly MadeFile[] = JSON.parse(readFileSync(join(BUILT, "sizes.json"), "utf8"));
const byName = new Map(made.map((file) => [file.name, file]));

/** A file with everything that is loaded with it. */
function loadedWith(...sources: readonly string[]): Set<string> {
	const names = new Set<string>();
	for (const source of sources) {
		const found = made.filter((file) => file.source === source);
		expect([source, found.length]).not.toEqual([source, 0]);
		for (const { name } of found) names.add(name);
	}
	for (const name of names) for (const other of byName.get(name)?.needed ?? []) names.add(other);
	return names;
}

const kilobytes = (names: ReadonlySet<string>) =>
	[...names].reduce((sum, name) => sum + (byName.get(name)?.gz ?? 0), 0) / 1000;

/** The longer language. */
const page = () => loadedWith("page.html", "texts/zh.ts");
const project = () =>
	page().union(loadedWith("screens/project/project.tsx", "texts/zh-project.ts"));

const PANELS = ["block", "port", "join", "wire"];
const panelOf = (kind: string) => loadedWith(`panel/${kind}-panel.tsx`);

describe("what the editor loads", () => {
	test("the list of projects is at most 45 KB", () => {
		expect(
			kilobytes(page().union(loadedWith("screens/projects/projects.tsx", "texts/zh-projects.ts"))),
		).toBeLessThan(45);
	});

	test.each(PANELS)("a project with the panel of a %s is at most 60 KB", (kind) => {
		expect(kilobytes(project().union(panelOf(kind)))).toBeLessThan(60);
	});

	test("the code editor is at most 150 KB more", () => {
		const before = PANELS.map(panelOf).reduce((all, panel) => all.union(panel), project());
		const editor = loadedWith("code/function-editor.tsx", "texts/zh-code.ts");
		expect(kilobytes(editor.difference(before))).toBeLessThan(150);
		for (const name of before) expect(byName.get(name)?.source ?? "").not.toContain("code/");
	});

	test("what invites phones is at most 15 KB more, and only loaded for that", () => {
		const before = PANELS.map(panelOf).reduce((all, panel) => all.union(panel), project());
		const invite = loadedWith("invite/invite-dialog.tsx", "texts/zh-invite.ts");
		expect(kilobytes(invite.difference(before))).toBeLessThan(15);
		for (const name of before) expect(byName.get(name)?.source ?? "").not.toContain("invite");
	});

	test("every other screen is at most 25 KB more, its words included", () => {
		const words = loadedWith("texts/zh-screens.ts");
		const screens = made.filter(({ source }) => /^screens\/([^/]+)\/\1\.tsx$/.test(source ?? ""));
		expect(screens.length).toBeGreaterThan(7);
		for (const { source } of screens) {
			if (source === "screens/project/project.tsx") continue;
			const more = loadedWith(source ?? "")
				.union(words)
				.difference(page());
			expect([source, kilobytes(more) < 25]).toEqual([source, true]);
		}
	});

	test("names of files change with their content, and nothing stands inline in the page", () => {
		for (const { name } of made) {
			if (name !== "index.html") expect(name).toMatch(/^[\w.-]+-[0-9a-z]{8}\.(js|css)$/);
		}
		const html = Bun.gunzipSync(readFileSync(join(BUILT, "index.html.gz")));
		const text = new TextDecoder().decode(html);
		expect(text).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=/);
		for (const [, name = ""] of text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
			expect(byName.has(name)).toBe(true);
		}
	});
});
