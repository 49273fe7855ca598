// Makes a page of several files: their names have the hash of their content, each is compressed twice, and a module
// embeds them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { BunPlugin } from "bun";

const BUILD = join(import.meta.dir, "../../build");

export interface HashedPage {
	/** Folder with `page.tsx` and `page.html`, which has a comment `files` where they are named. */
	readonly from: string;
	/** Folder in `build`: the files, `files.ts` for the server, and `sizes.json` for tests. */
	readonly to: string;
	/** What names of the first files begin with. */
	readonly entry: string;
	/** Where the page finds its files, such as `./`. */
	readonly place: string;
	readonly plugins?: BunPlugin[];
}

interface Made {
	readonly name: string;
	readonly type: string;
	readonly bytes: Uint8Array;
	/** The file of the page that begins it; null: what several share. */
	readonly source: string | null;
	/** What is loaded with it. */
	readonly imports: readonly string[];
}

/** Makes a page and its files. */
export async function makeHashedPage(page: HashedPage): Promise<void> {
	const { from, entry, plugins = [] } = page;
	const naming = "[name]-[hash].[ext]";
	const { outputs, metafile } = await Bun.build({
		entrypoints: [join(from, "page.tsx")],
		target: "browser",
		minify: true,
		splitting: true,
		metafile: true,
		plugins,
		naming: { entry: `${entry}[hash].[ext]`, chunk: naming, asset: naming },
		define: { "process.env.NODE_ENV": '"production"' },
	});
	const facts = new Map(
		Object.entries(metafile?.outputs ?? {}).map(([path, output]) => [basename(path), output]),
	);
	const made: Made[] = [];
	for (const output of outputs) {
		const name = basename(output.path);
		const { entryPoint, imports = [] } = facts.get(name) ?? {};
		made.push({
			...{ name, type: output.type, bytes: new Uint8Array(await output.arrayBuffer()) },
			source: entryPoint === undefined ? null : relative(from, entryPoint),
			imports: imports
				.filter(({ kind }) => kind !== "dynamic-import")
				.map((imported) => basename(imported.path)),
		});
	}
	const first = firstOf(made, entry);
	write(page.to, [
		{
			...{ name: "index.html", type: "text/html; charset=utf-8", source: "page.html" },
			...{ bytes: new TextEncoder().encode(htmlOf(page, first)), imports: first },
		},
		...made,
	]);
}

/** Names of what is loaded at once: style sheet and script of the page, and what they import. */
function firstOf(made: readonly Made[], entry: string): string[] {
	const byName = new Map(made.map((file) => [file.name, file]));
	const first = new Set(made.map(({ name }) => name).filter((name) => name.startsWith(entry)));
	for (const name of first) {
		for (const imported of byName.get(name)?.imports ?? []) first.add(imported);
	}
	return [...first];
}

/** The HTML, which names what is loaded with it. */
function htmlOf({ from, entry, place }: HashedPage, first: readonly string[]): string {
	const lines = first.map((name) => {
		if (name.endsWith(".css")) return `<link rel="stylesheet" href="${place}${name}" />`;
		if (name.startsWith(entry)) return `<script type="module" src="${place}${name}"></script>`;
		return `<link rel="modulepreload" href="${place}${name}" />`;
	});
	return readFileSync(join(from, "page.html"), "utf8").replace(
		"<!-- files -->",
		lines.toSorted().join("\n\t\t"),
	);
}

/** Gzip as small as it gets, a few percent below what zlib makes. */
function smallest(bytes: Uint8Array): Uint8Array {
	return Bun.gzipSync(new Uint8Array(bytes), { library: "libdeflate", level: 12 });
}

function write(folder: string, files: readonly Made[]): void {
	const out = join(BUILD, folder);
	rmSync(out, { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
	const imports: string[] = [];
	const rows: string[] = [];
	const sizes = files.map(({ name, type, bytes, source, imports: needed }, index) => {
		const coded = { br: brotliCompressSync(bytes, { params }), gz: smallest(bytes) };
		for (const [coding, content] of Object.entries(coded)) {
			writeFileSync(join(out, `${name}.${coding}`), content);
			imports.push(`import ${coding}${index} from "./${name}.${coding}" with { type: "file" };`);
		}
		const etag = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url").slice(0, 22);
		const row = JSON.stringify({ type, etag }).slice(0, -1);
		rows.push(`\t${JSON.stringify(name)}: ${row},"br":br${index},"gz":gz${index}},`);
		const { br, gz } = coded;
		return { name, source, needed, raw: bytes.length, br: br.length, gz: gz.length };
	});
	writeFileSync(
		join(out, "files.ts"),
		`${imports.join("\n")}\n\nexport const files = {\n${rows.join("\n")}\n};\n`,
	);
	writeFileSync(join(out, "sizes.json"), `${JSON.stringify(sizes, null, "\t")}\n`);
}
