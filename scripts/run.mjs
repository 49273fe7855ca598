// The one script that plain Node runs: sets up what is missing (packages, Bun, engine assets) and
// hands over to Bun. `npm start` and `npm test` on a fresh clone come through here.
import { existsSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onPostgres } from "./postgres-tests.mjs";
import { runSteps } from "./steps.mjs";
import { seedFrom, TestRun } from "./test-run.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bun = join(root, "node_modules", ".bin", process.platform === "win32" ? "bun.exe" : "bun");

const build = ["scripts/build.ts", "host"];
const lint = [
	["x", "biome", "check", "."],
	// Pages, and the tests that drive them, know a document; nothing else does.
	...["", "src/web/live/", "src/web/editor/", "src/web/phone/", "test/"].map((folder) => [
		...["x", "tsc", "--noEmit", "-p"],
		`${folder}tsconfig.json`,
	]),
	["scripts/check-imports.ts"],
	["scripts/check-tests.ts"],
];
// Files of the contract suite mostly wait: two run at a time, each in a process of its own.
const PARALLEL = "--parallel=2";
// The contract suite runs from source and against the executable, with the embedded broker and with
// an external one.
const contract = ["test", PARALLEL, "test/contract"];
const external = [
	["IOTCTL_BROKER=external", ...contract],
	["IOTCTL_BROKER=external", "IOTCTL_TARGET=binary", ...contract],
];
// What functions do, once more with the machine's own Python as the engine.
const functionTests = [
	"stuck-functions",
	"fidelity",
	"ordinary-python",
	"stages",
	"local-time",
].map((name) => `test/contract/${name}`);
const python3 = [
	["IOTCTL_ENGINE=python3", "test", PARALLEL, ...functionTests],
	["IOTCTL_ENGINE=python3", "IOTCTL_TARGET=binary", "test", PARALLEL, ...functionTests],
];
// The same from one of several engines.
const engines = [
	"IOTCTL_ENGINES=3",
	"test",
	PARALLEL,
	...["blame", "isolation", "mended-functions", "stages"].map((name) => `test/contract/${name}`),
];
// With the database in PostgreSQL: the store itself is tested on both by the first step.
const WITH_POSTGRES = "scripts/with-postgres.ts";
const withPostgres = (...words) => [WITH_POSTGRES, "test", ...words];
const postgres = withPostgres(
	PARALLEL,
	...["graph-api", "restart", "presence", "auth", "device-api"].map(
		(name) => `test/contract/${name}`,
	),
);
// Three brokers that start for half a minute: in `npm run test:cluster`.
const LONG_ONLY = "--path-ignore-patterns=test/endurance/cluster-rabbitmq.test.ts";
const tests = [
	...[build, ["test", LONG_ONLY], ["IOTCTL_TARGET=binary", ...contract]],
	...[...external, ...python3, engines, postgres],
];
const MINUTES = 40;

const endToEnd = (name) => `test/e2e/${name}.test.ts`;

// The long forms of what `npm test` runs for seconds; a variable of the same name changes the length. A name with a hyphen
// at its end is that of all files which begin so.
const endurance = (name, ...settings) => [
	build,
	[
		...settings.filter((setting) => !(setting.split("=")[0] in process.env)),
		"test",
		`test/endurance/${name.endsWith("-") ? name : `${name}.test.ts`}`,
	],
];

/** Each task's steps: arguments for Bun, with settings for its environment in front. */
const tasks = {
	start: [[join(root, "src/main.ts"), "start"]],
	build: [build],
	"build:all": [["scripts/build.ts", "all"]],
	dist: [build, ["scripts/build.ts", "all"], ["scripts/dist.ts"]],
	"test:deb": [build, ["scripts/build.ts", "all"], ["scripts/dist.ts"], ["scripts/try-deb.ts"]],
	lint,
	test: tests,
	"test:crash": endurance("crash", "IOTCTL_KILLS=300"),
	"test:kills": endurance("kills", "IOTCTL_KILLS=20"),
	"test:cluster": endurance(
		"cluster-",
		"IOTCTL_KILLS=20",
		"IOTCTL_AWAY=10",
		"IOTCTL_DEVICES=1000",
		"IOTCTL_GRAPHS=2000",
		"IOTCTL_OPS=500",
	),
	"test:fuzz": [
		...endurance("fuzz", "IOTCTL_PACKETS=200000"),
		...endurance("bad-clients", "IOTCTL_ATTACK_MS=5000").slice(1),
	],
	"test:ccm": endurance("ccm", "IOTCTL_RESTARTS=300"),
	"test:workbench": endurance("workbench", "IOTCTL_DRAFTS=100"),
	"test:storm": endurance("storm", "IOTCTL_DEVICES=1000"),
	// Only where it is asked for: it looks into a folder.
	get "test:postgres"() {
		return [
			build,
			["test", "test/ports", "test/store/postgres", "test/csm/store", "test/ccm/store"],
			[
				"test",
				...[
					"postgres",
					"postgres-ccm",
					"postgres-older",
					"postgres-refused",
					"failover",
					"cluster",
				].map(endToEnd),
			],
			["IOTCTL_CUTS=300", "test", "test/endurance/postgres.test.ts"],
			withPostgres(PARALLEL, "test/contract"),
			["IOTCTL_TARGET=binary", ...withPostgres(PARALLEL, "test/contract")],
			// The executable with everything, as people, phones, editors and programs of theirs use it.
			withPostgres(PARALLEL, ...onPostgres()),
			["IOTCTL_KILLS=300", ...withPostgres("test/endurance/crash.test.ts")],
			["IOTCTL_RESTARTS=100", ...withPostgres("test/endurance/ccm.test.ts")],
		];
	},
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
if (name === "--help") {
	console.log(
		`Usage: npm run TASK [-- MORE…]; more words go to the last step. TASK is one of:\n${Object.keys(tasks).join("\n")}`,
	);
	process.exit(0);
}
const asked = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (asked === undefined) {
	console.error(`run.mjs: unknown task "${name}"; known are ${Object.keys(tasks).join(", ")}`);
	process.exit(2);
}
const isSetting = (word) => /^[A-Z_]+=/.test(word);
const isTest = (words) => {
	const [first, second] = words.filter((word) => !isSetting(word));
	return first === "test" || (first === WITH_POSTGRES && second === "test");
};
const seedWord = rest.find((word) => word.startsWith("--seed="));
const seed = asked.some(isTest)
	? seedFrom(seedWord?.split("=")[1] ?? process.env.IOTCTL_SEED)
	: undefined;
if (seed !== undefined) {
	const duration = ["test", "check"].includes(name)
		? ` It takes about ${MINUTES} minutes on two cores.`
		: "";
	console.log(
		`npm run ${name}: tests in the random order of seed ${seed} (the same again: IOTCTL_SEED=${seed}).${duration}`,
	);
}

const npm = { name: "npm ci", command: "npm", args: ["ci", "--no-fund", "--no-audit"] };
const assets = [["src/dataflow/python/make-assets.ts"], ["src/web/live/make-page.ts"]].map(bunStep);
const prepared = await runSteps(
	[...(packagesAreCurrent() ? [] : [npm]), ...assets].map((step) => ({ ...step, isNeeded: true })),
	{ cwd: root },
);
if (prepared !== 0) process.exit(prepared);
// Makes a folder, which its report removes.
const testRun =
	seed === undefined ? undefined : new TestRun({ seed, isComplete: process.env.CI === "true" });
const steps = asked.filter(canRun).map(bunStep);
steps.at(-1)?.args.push(...rest.filter((word) => word !== seedWord));
// Paths behind "npm start --" count from where it was typed.
const cwd = name === "start" ? (process.env.INIT_CWD ?? process.cwd()) : root;
const code = await runSteps(steps, { cwd });
process.exit(isWell() ? code : code || 1);

/** Reports the tests; `.ci/run` repeats what is written to IOTCTL_TEST_REPORT as its own end. */
function isWell() {
	if (testRun === undefined) return true;
	const file = process.env.IOTCTL_TEST_REPORT;
	return testRun.report((text) => {
		console.log(text);
		if (file !== undefined) writeFileSync(file, `${text}\n`, { flag: "a" });
	});
}

/** Whether a step finds what it needs; the report names it where it does not. */
function canRun(words) {
	if (words.includes("IOTCTL_BROKER=external") && !hasMosquitto()) {
		testRun?.loseStep(words.join(" "), "mosquitto is not installed");
		return false;
	}
	if (words.includes(WITH_POSTGRES) && !existsSync("/usr/lib/postgresql")) {
		testRun?.loseStep(words.join(" "), "postgresql is not installed");
		return false;
	}
	return true;
}

/** Debian puts it where an ordinary user's PATH does not lead. */
function hasMosquitto() {
	const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
	return folders.some((folder) => existsSync(join(folder, "mosquitto")));
}

/** A step that Bun runs; settings for its environment stand in front of its arguments. */
function bunStep(words) {
	const settings = words.filter(isSetting);
	const args = words.slice(settings.length);
	const step = {
		name: words.join(" "),
		command: bun,
		args,
		env: { ...process.env, ...Object.fromEntries(settings.map((word) => word.split("="))) },
		// Whatever comes behind a build is about what it built.
		isNeeded: args[0] === "scripts/build.ts",
	};
	return isTest(args) ? (testRun?.of(step) ?? step) : step;
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
