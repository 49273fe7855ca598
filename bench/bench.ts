// npm run bench: all baselines in the same run, alternating; writes RESULTS.md, its pictures and the README's table.
// npm run bench -- raw "on mosquitto": only those whose names contain one of these words; writes nothing.
// npm run bench:short: what CI runs; fails only when a ratio is below half of the recorded one, or none is recorded.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTables } from "../scripts/doc-tables.ts";
import { readArguments } from "../scripts/program-arguments.ts";
import { CONTENDERS, closed } from "./contenders.ts";
import { part } from "./finding.ts";
import { growth, growthText } from "./growth.ts";
import { fetchNodeRed } from "./node-red.ts";
import { besideThroughput } from "./others.ts";
import { pictures } from "./pictures.ts";
import { problemsOf, recordedRatios, TARGETS } from "./ratios.ts";
import { report } from "./report.ts";
import { best, Rounds } from "./rounds.ts";
import { measure, save } from "./servers.ts";
import { sink } from "./sink.ts";

const { values, positionals: ONLY } = readArguments(
	{
		usage: "bun bench/bench.ts [--short] [NAME…]",
		about: `Compares the server with mosquitto and Node-RED, and writes bench/RESULTS.md:
an hour.
--short  what CI runs: writes nothing, and fails when a ratio has collapsed
NAME     only baselines whose names contain one of these words; writes nothing. They are:
${Object.keys(CONTENDERS).join("\n")}`,
		words: {
			are: `parts of ${Object.keys(CONTENDERS).join("; ")}`,
			fits: (word) => Object.keys(CONTENDERS).some((name) => name.includes(word)),
		},
	},
	{ short: { type: "boolean", default: false } },
);
const SHORT = values.short;
const ROUNDS = Number(process.env.IOTCTL_BENCH_ROUNDS ?? (SHORT ? 1 : 3));
const SECONDS = SHORT ? 2 : 4;
/** A minute shows what ten do, apart from a heap that grows. */
const PAGE_SECONDS = 60;

async function generatorAlone(): Promise<number> {
	const subject = await sink();
	const { perSecond } = await measure(subject, { ...closed(256), seconds: 2, warmupSeconds: 1 });
	await subject.stop();
	return perSecond;
}

const withNodeRed = !SHORT && fetchNodeRed();
const names = Object.keys(CONTENDERS).filter(
	(name) =>
		!(SHORT && CONTENDERS[name]?.long) &&
		(withNodeRed || !name.startsWith("Node-RED")) &&
		(ONLY.length === 0 || ONLY.some((word) => name.includes(word))),
);
const rounds = new Rounds(SECONDS, SHORT);
const generator = await generatorAlone();
console.log(`load generator alone: ${Math.round(generator)}/s`);
for (let n = 0; n < ROUNDS; n++) await rounds.run(names);
// One round may be the scheduler's luck, of a peer's too (mosquitto alone: 13,000 or 70,000/s one at a time, as it gets
// a processor of its own or not), or another virtual machine's: what looks collapsed has
// to be so in each of three.
const collapsed = () => problemsOf(rounds.ratios(best), recordedRatios());
if (SHORT && collapsed().length > 0) {
	for (let n = 0; n < 2; n++) await rounds.run(names);
}
const found = rounds.ratios();
console.log(JSON.stringify(found, null, "\t"));
if (SHORT) {
	const problems = collapsed();
	for (const problem of problems) console.error(problem);
	process.exit(problems.length > 0 ? 1 : 0);
}
if (ONLY.length > 0) process.exit(0);
await part("pictures", pictures);
const others = await besideThroughput({ rounds: ROUNDS, pageSeconds: PAGE_SECONDS, withNodeRed });
const grown = (await part("growth", async () => growthText(await growth()))) ?? "It failed.";
save(
	"RESULTS.md",
	report({
		...{ rounds: ROUNDS, seconds: SECONDS, found, generator, others, growth: grown },
		runs: rounds.runs,
	}),
);
// What could not be measured here keeps its ratio.
const ratios = Object.keys(TARGETS).map((name) => [name, found[name] ?? recordedRatios()[name]]);
save("ratios.json", `${JSON.stringify(Object.fromEntries(ratios), null, "\t")}\n`);
writeFileSync(join(import.meta.dir, "../README.md"), withTables("README.md"));
process.exit(0);
