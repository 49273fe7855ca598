// Compiles the executable: `host` makes dist/iotctl for this machine, `all` one per target.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const TARGETS = ["linux-x64", "linux-x64-baseline", "linux-arm64"];

const what = process.argv[2] ?? "host";
mkdirSync(join(root, "dist"), { recursive: true });
if (what === "all") for (const target of TARGETS) build(`dist/iotctl-${target}`, target);
else build("dist/iotctl");

function build(outfile: string, target?: string): void {
	const args = [
		...["build", "--compile", "--bytecode", "--minify", "--format=esm", "--splitting"],
		// A stray bunfig.toml or .env beside the program must not change it.
		...["--no-compile-autoload-bunfig", "--no-compile-autoload-dotenv"],
		...["--define", 'process.env.NODE_ENV="production"'],
		...(target === undefined ? [] : [`--target=bun-${target}`]),
		...["src/main.ts", "--outfile", outfile],
	];
	const result = Bun.spawnSync([process.execPath, ...args], {
		cwd: root,
		stdout: "pipe",
		stderr: "inherit",
	});
	if (result.exitCode !== 0) {
		console.error(result.stdout.toString());
		process.exit(1);
	}
	const megabytes = Math.round(statSync(join(root, outfile)).size / 1e6);
	console.log(`Built ${outfile} (${megabytes} MB)`);
}
