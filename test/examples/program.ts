// An example as a reader runs it: a program whose lines can be waited for.
import { join } from "node:path";
import type { Subprocess } from "bun";
import { readLines } from "../support/lines.ts";
import { Inbox, within } from "../support/waiting.ts";

export const EXAMPLES = join(import.meta.dir, "../../examples");

export class Program {
	/** null: it will print no more. */
	readonly #lines = new Inbox<string | null>();
	readonly #process: Subprocess<"ignore", "pipe", "pipe">;
	/** All it prints has been read. */
	readonly #printed: Promise<void>;
	readonly #complaints: Promise<string>;

	constructor(command: string[], env: Record<string, string> = {}) {
		this.#process = Bun.spawn(command, {
			env: { ...process.env, ...env },
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
		});
		this.#printed = readLines(this.#process.stdout, (line) => this.#lines.add(line)).then(() =>
			this.#lines.add(null),
		);
		this.#complaints = new Response(this.#process.stderr).text();
	}

	/** The next line that fits; earlier ones that do not are dropped. @throws when the program ends without one. */
	async line(pattern: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			const line = await this.#lines.take(`a line like ${pattern}`);
			if (line === null) {
				throw new Error(`no line like ${pattern}; it ended, saying: ${await this.#complaints}`);
			}
			const found = pattern.exec(line);
			if (found !== null) return found;
		}
	}

	/** Waits for its end; gives its exit code, what is left of its output, and what it complained about. */
	async ended(): Promise<{ code: number; lines: readonly string[]; err: string }> {
		const code = await within(this.#process.exited, "the example's end");
		await within(this.#printed, "the end of its output");
		const lines = this.#lines.waiting.filter((line) => line !== null);
		return { code, lines, err: await this.#complaints };
	}

	/** As Ctrl-C does. */
	interrupt(): void {
		this.#process.kill("SIGINT");
	}

	async kill(): Promise<void> {
		this.#process.kill("SIGKILL");
		await this.#process.exited;
	}
}

/** Draws the seed's graph for a device, with the script the examples name. */
export async function drawGraph(id: string, mosquitto: readonly string[]): Promise<void> {
	const script = new Program(["sh", join(EXAMPLES, "seed/graph.sh"), ...mosquitto], {
		DEVICE: id,
		GRAPH: id,
	});
	const { code, err } = await script.ended();
	if (code !== 0) throw new Error(err);
}

/** Waits until squares of what it sends come back: `sent [7]`, `received [49]`. */
export async function expectSquares(device: Program): Promise<void> {
	for (let seen = 0; seen < 3; ) {
		const [, sent] = await device.line(/^sent \[(\d+)\]$/);
		const [, received] = await device.line(/^received \[(\d+)\]$/);
		// Before the join is set the number itself comes back.
		if (Number(received) === Number(sent) ** 2) seen += 1;
	}
}
