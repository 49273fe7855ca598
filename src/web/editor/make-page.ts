// Makes the editor: hashed files, each compressed twice, and a module that embeds them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { BuildMetafile, BunPlugin } from "bun";

const here = import.meta.dir;
const out = join(here, "../../../build/editor");
/** Packages that a part of the editor is loaded for. */
const ON_DEMAND = { code: /node_modules\/(@codemirror|@lezer|codemirror)\//, chart: /\/uplot\// };

const ENTRY = "editor-";

/** When a file is loaded: with the page, with a screen, or with the code editor or a chart. */
type Group = "first" | "screen" | keyof typeof ON_DEMAND;

interface Made {
	readonly name: string;
	readonly type: string;
	readonly bytes: Uint8Array;
	readonly group: Group;
}

/**
 * Each file of words has those of all languages, and would be loaded whole for any of them. What has the words of one
 * language is therefore bundled first, by itself, which leaves out the others.
 */
async function wordsByLanguage(): Promise<BunPlugin> {
	const words = new Map<string, string>();
	for (const language of ["zh", "en"]) {
		const path = join(here, "texts", `${language}.ts`);
		const built = await Bun.build({ entrypoints: [path], target: "browser" });
		words.set(path, (await built.outputs[0]?.text()) ?? "");
	}
	return {
		name: "words by language",
		setup: (build) => {
			build.onLoad({ filter: /\/texts\/(zh|en)\.ts$/ }, ({ path }) => ({
				contents: words.get(path) ?? "",
				loader: "js",
			}));
		},
	};
}

/** Makes `build/editor`: the files, `files.ts` for the server, and `sizes.json` for tests. */
export async function makeEditor(): Promise<void> {
	const naming = "[name]-[hash].[ext]";
	const built = await Bun.build({
		entrypoints: [join(here, "page.tsx")],
		target: "browser",
		minify: true,
		splitting: true,
		metafile: true,
		plugins: [await wordsByLanguage()],
		naming: { entry: `${ENTRY}[hash].[ext]`, chunk: naming, asset: naming },
		define: { "process.env.NODE_ENV": '"production"' },
	});
	const groupOf = groupsIn(built.metafile);
	const made: Made[] = [];
	for (const output of built.outputs) {
		const name = basename(output.path);
		// The page's style sheet has the rules of all screens; those of a single one are nowhere linked.
		if (name.endsWith(".css") && !name.startsWith(ENTRY)) continue;
		const bytes = new Uint8Array(await output.arrayBuffer());
		made.push({ name, type: output.type, bytes, group: groupOf(name) });
	}
	const html = new TextEncoder().encode(page(made));
	write([
		{ name: "index.html", type: "text/html; charset=utf-8", bytes: html, group: "first" },
		...made,
	]);
}

/** The HTML, which names what is loaded with it. */
function page(made: readonly Made[]): string {
	const first = made.filter(({ group }) => group === "first").map(({ name }) => name);
	const scripts = first.filter((name) => name.endsWith(".js"));
	const entry = scripts.filter((name) => name.startsWith(ENTRY));
	const head = [
		...first
			.filter((name) => name.endsWith(".css"))
			.map((name) => `<link rel="stylesheet" href="./${name}" />`),
		...scripts
			.filter((name) => !entry.includes(name))
			.map((name) => `<link rel="modulepreload" href="./${name}" />`),
		...entry.map((name) => `<script type="module" src="./${name}"></script>`),
	];
	return readFileSync(join(here, "page.html"), "utf8").replace(
		"<!-- files -->",
		head.join("\n\t\t"),
	);
}

function groupsIn(metafile: BuildMetafile | undefined): (name: string) => Group {
	const outputs = new Map(
		Object.entries(metafile?.outputs ?? {}).map(([path, output]) => [basename(path), output]),
	);
	const first = new Set<string>();
	const visit = (name: string) => {
		if (first.has(name)) return;
		first.add(name);
		for (const { path, kind } of outputs.get(name)?.imports ?? []) {
			if (kind !== "dynamic-import") visit(basename(path));
		}
	};
	for (const name of outputs.keys()) if (name.startsWith(ENTRY)) visit(name);
	return (name) => {
		if (first.has(name)) return "first";
		const inputs = Object.keys(outputs.get(name)?.inputs ?? {});
		if (inputs.some((path) => ON_DEMAND.code.test(path))) return "code";
		return inputs.some((path) => ON_DEMAND.chart.test(path)) ? "chart" : "screen";
	};
}

function write(files: readonly Made[]): void {
	rmSync(out, { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
	const imports: string[] = [];
	const rows: string[] = [];
	const sizes = files.map(({ name, type, bytes, group }, index) => {
		const coded = { br: brotliCompressSync(bytes, { params }), gz: gzipSync(bytes, { level: 9 }) };
		for (const [coding, content] of Object.entries(coded)) {
			writeFileSync(join(out, `${name}.${coding}`), content);
			imports.push(`import ${coding}${index} from "./${name}.${coding}" with { type: "file" };`);
		}
		const etag = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url").slice(0, 22);
		const row = JSON.stringify({ type, etag }).slice(0, -1);
		rows.push(`\t${JSON.stringify(name)}: ${row},"br":br${index},"gz":gz${index}},`);
		return { name, group, raw: bytes.length, br: coded.br.length, gz: coded.gz.length };
	});
	writeFileSync(
		join(out, "files.ts"),
		`${imports.join("\n")}\n\nexport const files = {\n${rows.join("\n")}\n};\n`,
	);
	writeFileSync(join(out, "sizes.json"), `${JSON.stringify(sizes, null, "\t")}\n`);
}
