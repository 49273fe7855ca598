// What `npm test` adds to its steps: a random order that can be repeated, a temporary folder that has to be
// empty afterwards, and a report of everything that failed or was not run. Plain Node.
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestOutput } from "./test-output.mjs";

const LARGEST_SEED = 2 ** 31;
/** As /tmp: tests run programs of other users in it. */
const LIKE_TMP = 0o1777;

/** All runs of `bun test` that belong to one task. */
export class TestRun {
	#folder = mkdtempSync(join(tmpdir(), "iotctl-"));
	#notRunFile = join(this.#folder, "not-run");
	#outputs = [];
	#lostSteps = [];

	/**
	 * @param {object} options
	 * @param {number} options.seed Decides the order of tests, and what is random in them.
	 * @param {boolean} options.isComplete Whether it is a failure when something was not run.
	 */
	constructor({ seed, isComplete }) {
		this.seed = seed;
		this.isComplete = isComplete;
		chmodSync(this.#folder, 0o755);
	}

	/** A whole step that cannot be run here, and what it would need. */
	loseStep(name, reason) {
		this.#lostSteps.push(name);
		appendFileSync(this.#notRunFile, `${reason}\n`);
	}

	/**
	 * @param {import("./steps.mjs").Step} step One that runs `bun test`.
	 * @returns {import("./steps.mjs").Step}
	 */
	of(step) {
		const output = new TestOutput();
		this.#outputs.push({ step: step.name, output });
		let temporary = "";
		return {
			...step,
			args: [...step.args, "--randomize", `--seed=${this.seed}`],
			before: () => {
				// Short: Chromium's socket in it may have 107 characters.
				temporary = mkdtempSync(join(this.#folder, "t"));
				chmodSync(temporary, LIKE_TMP);
				return {
					TMPDIR: temporary,
					IOTCTL_NOT_RUN: this.#notRunFile,
					IOTCTL_SEED: String(this.seed),
				};
			},
			onLine: (line) => output.take(line),
			after: (problem) => {
				const names = readdirSync(temporary);
				const left = names.length === 0 ? undefined : `left in TMPDIR: ${names.join(", ")}`;
				// Bun's exit code says no more than its failed tests.
				const unexplained = output.failures.length === 0 ? problem : undefined;
				for (const what of [unexplained, left]) {
					if (what !== undefined) output.failures.push({ file: "", test: what, error: [] });
				}
				return left;
			},
		};
	}

	/**
	 * Says what failed, what was not run, and the counts.
	 * @returns {boolean} whether all is well.
	 */
	report(say) {
		const failures = this.#outputs.flatMap(({ step, output }) =>
			output.failures.map((failure) => ({ ...failure, step })),
		);
		const sum = (key) => this.#outputs.reduce((total, { output }) => total + output[key], 0);
		const notRun = sum("skipped") + this.#lostSteps.length;
		const reasons = this.#reasons();
		if (notRun > 0 || reasons.length > 0) {
			const steps = this.#lostSteps.map((name) => `, all of "${name}"`).join("");
			const why = reasons.map((reason) => `\n  ${reason}`).join("");
			say(`\nNot run: ${sum("skipped")} tests${steps}; why:${why}`);
		}
		if (failures.length > 0) say(`\nFailed tests:\n${failures.map(textOf).join("\n")}`);
		say(
			`\nTests: ${sum("passed")} passed, ${failures.length} failed, ${notRun} not run; order: seed ${this.seed}`,
		);
		try {
			rmSync(this.#folder, { recursive: true, force: true });
		} catch (error) {
			say(`Cannot remove ${this.#folder}: ${error.message}`);
		}
		return failures.length === 0 && !(this.isComplete && notRun + reasons.length > 0);
	}

	#reasons() {
		if (!existsSync(this.#notRunFile)) return [];
		const lines = readFileSync(this.#notRunFile, "utf8").split("\n");
		return [...new Set(lines.filter((line) => line !== ""))].toSorted();
	}
}

/** @returns {number} the seed that was asked for, or a random one. */
export function seedFrom(text) {
	if (text === undefined) return Math.floor(Math.random() * LARGEST_SEED);
	const seed = Number(text);
	if (Number.isInteger(seed) && seed >= 0 && seed < LARGEST_SEED) return seed;
	console.error(`run.mjs: the seed is an integer from 0 to ${LARGEST_SEED - 1}, not "${text}"`);
	return process.exit(2);
}

function textOf({ step, file, test, error }) {
	const where = file === "" ? step : `${file} (${step})`;
	return [`  (fail) ${where}: ${test}`, ...error.map((line) => `    ${line}`)].join("\n");
}
