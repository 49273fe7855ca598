// Compiles the executable: `host` makes dist/iotctl for this machine, `all` one per target.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { directImports } from "./direct-imports.ts";
import { leanPackages } from "./lean-packages.ts";
import { readArguments } from "./program-arguments.ts";

const root = join(import.meta.dir, "..");
const TARGETS = ["linux-x64", "linux-x64-baseline", "linux-arm64"] as const;

const { positionals } = readArguments(
	{
		usage: "bun scripts/build.ts [host|all]",
		about: "Compiles dist/iotctl for this machine, or one executable per target.",
		words: { are: "host or all", fits: (word) => word === "host" || word === "all", most: 1 },
	},
	{},
);
const [what = "host"] = positionals;
mkdirSync(join(root, "dist"), { recursive: true });
if (what === "all") for (const target of TARGETS) await build(`dist/iotctl-${target}`, target);
else await build("dist/iotctl");

async function build(outfile: string, target?: (typeof TARGETS)[number]): Promise<void> {
	const path = join(root, outfile);
	await Bun.build({
		entrypoints: [join(root, "src/main.ts")],
		root,
		target: "bun",
		format: "esm",
		bytecode: true,
		minify: true,
		splitting: true,
		define: { "process.env.NODE_ENV": '"production"' },
		plugins: [directImports, leanPackages],
		compile: {
			outfile: path,
			// A stray bunfig.toml or .env beside the program must not change it.
			autoloadBunfig: false,
			autoloadDotenv: false,
			...(target !== undefined && { target: `bun-${target}` as const }),
		},
	});
	const megabytes = Math.round(statSync(path).size / 1e6);
	console.log(`Built ${outfile} (${megabytes} MB)`);
}
