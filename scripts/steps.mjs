// Runs a list of programs one after the other. Plain Node runs this, before anything is installed.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const OUTPUT_MS = 10_000;

/**
 * @typedef {object} Step
 * @property {string} name How it is called when it fails.
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string | undefined>} [env] The environment; this process's own unless given.
 * @property {boolean} [isNeeded] Whether the later ones make no sense without it.
 * @property {() => Record<string, string>} [before] Called in front of it; gives more for its environment.
 * @property {(line: string) => void} [onLine] Takes each line it prints; it is shown anyway.
 * @property {(problem: string | undefined) => string | undefined} [after] Called behind it with what is wrong with
 *   its end; gives what else is wrong.
 */

/**
 * Runs all steps, whatever becomes of each, and says at the end which failed; only a needed one that
 * fails ends the run. Ctrl-C and SIGTERM end the running step and with it the run.
 * @param {Step[]} steps
 * @param {object} options
 * @param {string} [options.cwd]
 * @param {number} [options.outputMs] How long the output of a program that has ended may stay open.
 * @returns {Promise<number>} the exit code: 0, a single step's own, or 1.
 */
export async function runSteps(steps, { cwd, outputMs = OUTPUT_MS }) {
	const failures = [];
	let onlyCode = 1;
	let stopped = false;
	let running;
	// Ctrl-C reaches the child by itself; it decides how long stopping takes.
	const onSignal = (signal) => {
		stopped = true;
		if (signal === "SIGTERM") running?.kill(signal);
	};
	for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, onSignal);
	for (const [index, step] of steps.entries()) {
		const { name, isNeeded } = step;
		running = start(step, cwd);
		const { code, problem } = await endOf(running, step, outputMs);
		const problems = [problem, step.after?.(problem)].filter((what) => what !== undefined);
		if (problems.length > 0) {
			failures.push(`  ${name}: ${problems.join("; ")}`);
			onlyCode = code === 0 ? 1 : code;
		}
		if (stopped) return code === 0 && index === steps.length - 1 ? 0 : 1;
		if (problem !== undefined && isNeeded) {
			report(steps, failures, steps.slice(index + 1));
			return 1;
		}
	}
	for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, onSignal);
	if (failures.length === 0) return 0;
	// What it says of itself is enough.
	if (steps.length === 1 && steps[0].after === undefined) return onlyCode;
	report(steps, failures, []);
	return steps.length === 1 ? onlyCode : 1;
}

/** @param {Step} step */
function start({ command, args, env = process.env, before, onLine }, cwd) {
	const stdio = onLine === undefined ? "inherit" : ["inherit", "pipe", "pipe"];
	const child = spawn(command, args, { cwd, stdio, env: { ...env, ...before?.() } });
	for (const [from, to] of [
		[child.stdout, process.stdout],
		[child.stderr, process.stderr],
	]) {
		from?.pipe(to, { end: false });
		if (from) createInterface({ input: from }).on("line", onLine);
	}
	return child;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Step} step
 * @param {number} outputMs
 * @returns {Promise<{ code: number, problem: string | undefined }>}
 */
async function endOf(child, { onLine }, outputMs) {
	const closed = new Promise((resolve) => child.once("close", () => resolve(true)));
	const end = await new Promise((resolve) => {
		child.once("error", ({ message }) => resolve({ code: 1, problem: `cannot run: ${message}` }));
		child.once("exit", (code, signal) => {
			if (signal !== null) resolve({ code: 1, problem: `ended by ${signal}` });
			else resolve({ code, problem: code === 0 ? undefined : `exit code ${code}` });
		});
	});
	if (onLine === undefined || child.pid === undefined) return end;
	const tooLong = new Promise((resolve) => setTimeout(resolve, outputMs, false).unref());
	if (await Promise.race([closed, tooLong])) return end;
	for (const output of [child.stdout, child.stderr]) output.destroy();
	const running = "a program that it started still runs";
	return { ...end, problem: end.problem === undefined ? running : `${end.problem}; ${running}` };
}

function report(steps, failures, notRun) {
	console.error(`\n${failures.length} of ${steps.length} steps failed:\n${failures.join("\n")}`);
	if (notRun.length > 0) {
		console.error(`Not run without it: ${notRun.map(({ name }) => name).join(", ")}`);
	}
}
