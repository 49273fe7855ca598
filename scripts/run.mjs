// The one script that plain Node runs: sets up what is missing (packages, Bun, engine assets) and
// hands over to Bun. `npm start` and `npm test` on a fresh clone come through here.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bun = join(root, "node_modules", ".bin", process.platform === "win32" ? "bun.exe" : "bun");

const tasks = {
	start: [["src/main.ts", "start", "csm"]],
	build: [["scripts/build.ts", "host"]],
	"build:all": [["scripts/build.ts", "all"]],
	test: [["scripts/build.ts", "host"], ["test"]],
	check: [
		["x", "biome", "check", "."],
		["x", "tsc", "--noEmit"],
		["scripts/build.ts", "host"],
		["test"],
	],
};

const [name = "", ...rest] = process.argv.slice(2);
const steps = tasks[name];
if (steps === undefined) {
	console.error(`run.mjs: unknown task "${name}"; known are ${Object.keys(tasks).join(", ")}`);
	process.exit(2);
}

if (!packagesAreCurrent()) step("npm", ["ci", "--no-fund", "--no-audit"]);
step(bun, ["src/esm/python/make-assets.ts"]);
for (const args of steps.slice(0, -1)) step(bun, args);
const last = spawn(bun, [...steps.at(-1), ...rest], { cwd: root, stdio: "inherit" });
// Ctrl-C reaches the child by itself; it decides how long stopping takes.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => forward(signal));
last.on("exit", (code, signal) => process.exit(signal === null ? code : 1));

function forward(signal) {
	if (signal === "SIGTERM") last.kill(signal);
}

function packagesAreCurrent() {
	const installed = join(root, "node_modules", ".package-lock.json");
	const wanted = join(root, "package-lock.json");
	return (
		existsSync(bun) &&
		existsSync(installed) &&
		statSync(installed).mtimeMs >= statSync(wanted).mtimeMs
	);
}

function step(command, args) {
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
	if (status === 0) return;
	if (error) console.error(`Cannot run ${command}: ${error.message}`);
	process.exit(status ?? 1);
}
