// Runs a list of programs one after the other. Plain Node runs this, before anything is installed.
import { spawn } from "node:child_process";

/**
 * @typedef {object} Step
 * @property {string} name How it is called when it fails.
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string | undefined>} [env] The environment; this process's own unless given.
 * @property {boolean} [isNeeded] Whether the later ones make no sense without it.
 */

/**
 * Runs all steps, whatever becomes of each, and says at the end which failed; only a needed one that
 * fails ends the run. Ctrl-C and SIGTERM end the running step and with it the run.
 * @param {Step[]} steps
 * @param {{ cwd?: string }} options
 * @returns {Promise<number>} the exit code: 0, a single step's own, or 1.
 */
export async function runSteps(steps, { cwd }) {
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
	for (const [index, { name, command, args, env, isNeeded }] of steps.entries()) {
		running = spawn(command, args, { cwd, stdio: "inherit", env: env ?? process.env });
		const { code, problem } = await endOf(running);
		if (problem !== undefined) {
			failures.push(`  ${name}: ${problem}`);
			onlyCode = code;
		}
		if (stopped) return code === 0 && index === steps.length - 1 ? 0 : 1;
		if (problem !== undefined && isNeeded) {
			report(steps, failures, steps.slice(index + 1));
			return 1;
		}
	}
	for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, onSignal);
	if (failures.length === 0) return 0;
	if (steps.length === 1) return onlyCode;
	report(steps, failures, []);
	return 1;
}

/** @returns {Promise<{ code: number, problem: string | undefined }>} */
function endOf(child) {
	return new Promise((resolve) => {
		child.once("error", ({ message }) => resolve({ code: 1, problem: `cannot run: ${message}` }));
		child.once("exit", (code, signal) => {
			if (signal !== null) resolve({ code: 1, problem: `ended by ${signal}` });
			else resolve({ code, problem: code === 0 ? undefined : `exit code ${code}` });
		});
	});
}

function report(steps, failures, notRun) {
	console.error(`\n${failures.length} of ${steps.length} steps failed:\n${failures.join("\n")}`);
	if (notRun.length > 0) {
		console.error(`Not run without it: ${notRun.map(({ name }) => name).join(", ")}`);
	}
}
