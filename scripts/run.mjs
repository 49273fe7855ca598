// The one script that plain Node runs: sets up what is missing (packages, Bun, engine assets) and
// hands over to Bun. `npm start` and `npm test` on a fresh clone come through here.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bun = join(root, "node_modules", ".bin", process.platform === "win32" ? "bun.exe" : "bun");

const build = ["scripts/build.ts", "host"];
const lint = [
	["x", "biome", "check", "."],
	["x", "tsc", "--noEmit"],
];
// The contract suite runs from source and against the executable, with the embedded broker and with
// an external one.
const contract = ["test", "test/contract"];
const external = hasMosquitto()
	? [
			["IOTCTL_BROKER=external", ...contract],
			["IOTCTL_BROKER=external", "IOTCTL_TARGET=binary", ...contract],
		]
	: [];
// Functions that get stuck, once more with the machine's own Python as the engine.
const python3 = [
	["IOTCTL_ENGINE=python3", "test", "test/contract/stuck-functions", "test/contract/fidelity"],
	[
		"IOTCTL_ENGINE=python3",
		"IOTCTL_TARGET=binary",
		"test",
		"test/contract/stuck-functions",
		"test/contract/fidelity",
	],
];
const tests = [build, ["test"], ["IOTCTL_TARGET=binary", ...contract], ...external, ...python3];

// The long forms of what `npm test` runs for seconds; a variable of the same name changes the length.
const endurance = (name, ...settings) => [
	build,
	[
		...settings.filter((setting) => !(setting.split("=")[0] in process.env)),
		"test",
		`test/endurance/${name}.test.ts`,
	],
];

/** Each task's steps: arguments for Bun, with settings for its environment in front. */
const tasks = {
	start: [["src/main.ts", "start", "csm"]],
	build: [build],
	"build:all": [["scripts/build.ts", "all"]],
	dist: [build, ["scripts/build.ts", "all"], ["scripts/dist.ts"]],
	"test:deb": [build, ["scripts/build.ts", "all"], ["scripts/dist.ts"], ["scripts/try-deb.ts"]],
	lint,
	test: tests,
	"test:crash": endurance("crash", "IOTCTL_KILLS=300"),
	"test:fuzz": [
		...endurance("fuzz", "IOTCTL_PACKETS=200000"),
		...endurance("bad-clients", "IOTCTL_ATTACK_MS=5000").slice(1),
	],
	"test:storm": endurance("storm", "IOTCTL_DEVICES=1000"),
	"test:soak": endurance(
		"soak",
		"IOTCTL_SOAK_MINUTES=60",
		"IOTCTL_SOAK_CHART=bench/results/soak.svg",
	),
	bench: [build, ["bench/bench.ts"]],
	"bench:short": [build, ["bench/bench.ts", "--short"]],
	check: [...lint, ...tests],
};

const [name = "", ...rest] = process.argv.slice(2);
const steps = tasks[name];
if (steps === undefined) {
	console.error(`run.mjs: unknown task "${name}"; known are ${Object.keys(tasks).join(", ")}`);
	process.exit(2);
}

if (!packagesAreCurrent()) step("npm", ["ci", "--no-fund", "--no-audit"]);
step(bun, ["src/esm/python/make-assets.ts"]);
step(bun, ["src/page/make-page.ts"]);
for (const args of steps.slice(0, -1)) step(bun, ...withEnvironment(args));
const [args, env] = withEnvironment(steps.at(-1));
const last = spawn(bun, [...args, ...rest], { cwd: root, stdio: "inherit", env });
// Ctrl-C reaches the child by itself; it decides how long stopping takes.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => forward(signal));
last.on("exit", (code, signal) => process.exit(signal === null ? code : 1));

function hasMosquitto() {
	if (spawnSync("mosquitto", ["-h"]).error === undefined) return true;
	if (process.env.CI === "true") throw new Error("mosquitto is missing; CI installs it");
	if (process.argv.slice(2).some((word) => ["test", "check"].includes(word))) {
		console.warn("Skipping the contract suite with an external broker: mosquitto is not installed");
	}
	return false;
}

function withEnvironment(words) {
	const settings = words.filter((word) => /^[A-Z_]+=/.test(word));
	const env = Object.fromEntries(settings.map((word) => word.split("=")));
	return [words.slice(settings.length), { ...process.env, ...env }];
}

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

function step(command, args, env = process.env) {
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
	if (status === 0) return;
	if (error) console.error(`Cannot run ${command}: ${error.message}`);
	process.exit(status ?? 1);
}
