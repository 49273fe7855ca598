// Code and tests cite the wire contract by section. A citation that cannot be looked up is worth nothing, so each has
// to lead to a heading in docs/contract.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const ROOT = join(import.meta.dir, "../..");
const CONTRACT = join(ROOT, "docs/contract");
const DEFAULT = "csm.md";
/** `csm.md §4.4`, `csm.md 5.2`, or `§4.4` alone. Sections of `MQTT 3.1.1` and of RFCs are not ours. */
const CITATION =
	/(?:`?([\w.-]+\.md)`?,? )§?(\d+(?:\.\d+)*)\b|(MQTT 3\.1\.1[^\n]{0,80}|RFC \d+ )?§(\d+(?:\.\d+)*)/g;

describe("docs/contract", () => {
	test("has every section that src, test, scripts and bench cite", () => {
		const known = sectionsByDocument();
		const cited = ["src", "test", "scripts", "bench"].flatMap(citationsUnder);
		expect(cited.length).toBeGreaterThan(200);
		const missing = cited.filter(({ document, section }) => !known.get(document)?.has(section));
		expect(missing).toEqual([]);
	});

	test("cites only its own sections and documents", () => {
		const known = sectionsByDocument();
		const missing = [...known.keys()].flatMap((document) =>
			citationsIn(join("docs/contract", document), document).filter(
				({ document: named, section }) => !known.get(named)?.has(section),
			),
		);
		expect(missing).toEqual([]);
	});

	test("says of each document whether it is implemented", () => {
		for (const document of sectionsByDocument().keys()) {
			expect(readFileSync(join(CONTRACT, document), "utf8")).toMatch(
				/^> \*\*Status:\*\* (not )?implemented/m,
			);
		}
	});

	test.each([
		["csm.md", "csm"],
		["v1-http.md", "csm"],
		["ccm-gui.md", "ccm"],
	])("says of %s what is built: the server %s, and files that exist", (document, server) => {
		const status = statusOf(document);
		expect(status.startsWith("implemented")).toBe(SERVER_MODULES.names.includes(server));
		// `gui` passes requests on to another server, and is not a module.
		const built = [...SERVER_MODULES.names, "gui"];
		const [, missing = ""] = /\bnot (?:built|implemented)\b(.*)/i.exec(status) ?? [];
		expect(built.filter((name) => missing.includes(`\`${name}\``))).toEqual([]);
		const paths = [...status.matchAll(/`((?:src|docs|test)\/[\w./-]+)`/g)].map(([, path]) => path);
		expect(paths.filter((path = "") => !existsSync(join(ROOT, path)))).toEqual([]);
	});
});

/** The first paragraph of a document, after `Status:`. */
function statusOf(document: string): string {
	const text = readFileSync(join(CONTRACT, document), "utf8");
	const [, status = ""] = /^> \*\*Status:\*\* ((?:.*\n> )*.*)/m.exec(text) ?? [];
	return status.replaceAll("\n> ", " ");
}

interface Citation {
	readonly file: string;
	readonly document: string;
	readonly section: string;
}

function sectionsByDocument(): Map<string, Set<string>> {
	const documents = readdirSync(CONTRACT).filter((name) => name.endsWith(".md"));
	return new Map(
		documents.map((name) => {
			const text = readFileSync(join(CONTRACT, name), "utf8");
			const headings = text.matchAll(/^#{2,} (\d+(?:\.\d+)*)\.? /gm);
			return [name, new Set([...headings].map(([, section = ""]) => section))];
		}),
	);
}

function citationsUnder(folder: string): Citation[] {
	const files = new Glob("**/*.{ts,tsx,py,sql,html,sh,md}").scanSync(join(ROOT, folder));
	return [...files].flatMap((file) => citationsIn(join(folder, file), DEFAULT));
}

/** What a file cites; a section alone is of the document that its line has named before, or of `own`. */
function citationsIn(file: string, own: string): Citation[] {
	const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
	return lines.flatMap((line) => {
		let document = own;
		return [...line.matchAll(CITATION)]
			.filter(([, , , other]) => other === undefined)
			.map(([, name = document, named, , bare]) => {
				document = name;
				return { file, document, section: named ?? bare ?? "" };
			});
	});
}
