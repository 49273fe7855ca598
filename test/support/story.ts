import { test } from "bun:test";

/** Adds a step to a story. */
export interface Step {
	(name: string, run: () => void | Promise<void>): void;
	/** The same for a step that not every machine can take: where it cannot, the step counts as a skipped test. */
	if(condition: boolean): (...step: Parameters<Step>) => void;
}

/**
 * One test whose steps build on each other, in the order in which they are written: tests run in a random one.
 * The error of a step that fails begins with its name; those behind it are not run.
 * @returns what adds a step; to be called while tests are being defined.
 */
export function story(name: string): Step {
	const steps: Parameters<Step>[] = [];
	test(name, async () => {
		for (const [step, run] of steps) {
			try {
				await run();
			} catch (error) {
				if (error instanceof Error) error.message = `${step}: ${error.message}`;
				throw error;
			}
		}
	});
	const add = (...step: Parameters<Step>) => void steps.push(step);
	const skip = (step: string) => test.skipIf(true)(`${name}: ${step}`, () => {});
	return Object.assign(add, { if: (condition: boolean) => (condition ? add : skip) });
}
