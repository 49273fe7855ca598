import { describe } from "bun:test";

/** One of several things that have to do the same: its name, what makes or is it, and whether this machine has it. */
export type Kind<T> = readonly [name: string, value: T, isHere: boolean];

/**
 * The same tests for each kind. Those of a kind that is not here count as skipped: left out, no one would miss them.
 * @returns what takes the title, in which `%s` is the kind's name, and the tests.
 */
export function describeEach<T>(kinds: readonly Kind<T>[]) {
	return (title: string, define: (value: T) => void): void => {
		for (const [name, value, isHere] of kinds) {
			describe.if(isHere)(title.replace("%s", name), () => define(value));
		}
	};
}
