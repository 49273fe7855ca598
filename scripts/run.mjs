// The one script that plain Node runs: sets up what is missing (packages, Bun, engine assets) and
// hands over to Bun. `npm start` and `npm test` on a fresh clone come through here.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runSteps } from "./steps.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bun = join(root, "node_modules", ".bin", process.platform === "win32" ? "bun.exe" : "bun");

const build = ["scripts/build.ts", "host"];
const lint = [
	["x", "biome", "check", "."],
	// Pages, and the tests that drive them, know a document; nothing else does.
	...[".", "src/web/live", "test"].map((project) => ["x", "tsc", "--noEmit", "-p", project]),
	["scripts/check-imports.ts"],
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
// What functions do, once more with the machine's own Python as the engine.
const functionTests = [
	"stuck-functions",
	"fidelity",
	"ordinary-python",
	"stages",
	"local-time",
].map((name) => `test/contract/${name}`);
const python3 = [
	["IOTCTL_ENGINE=python3", "test", ...functionTests],
	["IOTCTL_ENGINE=python3", "IOTCTL_TARGET=binary", "test", ...functionTests],
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
	start: [[join(root, "src/main.ts"), "start", "csm"]],
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

const npm = { name: "npm ci", command: "npm", args: ["ci", "--no-fund", "--no-audit"] };
const assets = [["src/dataflow/python/make-assets.ts"], ["src/web/live/make-page.ts"]].map(bunStep);
const prepared = await runSteps(
	[...(packagesAreCurrent() ? [] : [npm]), ...assets].map((step) => ({ ...step, isNeeded: true })),
	{ cwd: root },
);
if (prepared !== 0) process.exit(prepared);
const words = steps.map((step, index) => (index === steps.length - 1 ? [...step, ...rest] : step));
// Paths behind "npm start --" count from where it was typed.
const cwd = name === "start" ? (process.env.INIT_CWD ?? process.cwd()) : root;
process.exit(await runSteps(words.map(bunStep), { cwd }));

function hasMosquitto() {
	if (spawnSync("mosquitto", ["-h"]).error === undefined) return true;
	if (process.env.CI === "true") throw new Error("mosquitto is missing; CI installs it");
	if (process.argv.slice(2).some((word) => ["test", "check"].includes(word))) {
		console.warn("Skipping the contract suite with an external broker: mosquitto is not installed");
	}
	return false;
}

/** A step that Bun runs; settings for its environment stand in front of its arguments. */
function bunStep(words) {
	const settings = words.filter((word) => /^[A-Z_]+=/.test(word));
	const args = words.slice(settings.length);
	return {
		name: words.join(" "),
		command: bun,
		args,
		env: { ...process.env, ...Object.fromEntries(settings.map((word) => word.split("="))) },
		// Whatever comes behind a build is about what it built.
		isNeeded: args[0] === "scripts/build.ts",
	};
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
