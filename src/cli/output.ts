import { codeOf, messageOf, visibleLines } from "../kit/mod.ts";

/**
 * Writes to standard output. Whatever is in the text, a terminal only shows it; where its lines are to
 * stay lines, names and other texts from outside go through `visible` first.
 */
export function print(text: string): void {
	process.stdout.write(visibleLines(text));
}

/** Writes a line to standard error, as {@link print} does. */
export function complain(text: string): void {
	process.stderr.write(visibleLines(`${text}\n`));
}

/** An output that is gone or full fails the command, and nothing else: a server goes on without it. */
export function surviveOutput(): void {
	process.stderr.on("error", () => {});
	process.stdout.on("error", (error) => {
		// A reader such as head that has seen enough is not a failure.
		if (codeOf(error) === "EPIPE") return;
		process.exitCode = 1;
		complain(`iotctl: Cannot write the output: ${messageOf(error)}`);
	});
}
