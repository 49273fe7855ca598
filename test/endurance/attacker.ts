// Runs attack.ts beside the test, so that the attacker's work does not slow the clock down.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Subprocess } from "bun";
import type { Target } from "../support/target.ts";
import { Inbox, LONG_DEADLINE_MS } from "../support/waiting.ts";

const PROGRAM = join(import.meta.dir, "attack.ts");

/** All the ways attack.ts knows. */
export function waysToAttack(): string[] {
	const { stdout } = spawnSync(process.execPath, [PROGRAM, "--list"], { encoding: "utf8" });
	return JSON.parse(stdout) as string[];
}

export class Attack {
	readonly said: string[] = [];
	readonly #lines = new Inbox<string>();
	readonly #process: Subprocess<"ignore", "pipe", "inherit">;

	private constructor(args: string[]) {
		this.#process = Bun.spawn([process.execPath, PROGRAM, ...args], {
			stdin: "ignore",
			stdout: "pipe",
			stderr: "inherit",
		});
		void this.#read();
	}

	/** Starts and waits until it is at it. */
	static async start(way: string, target: Target, ...args: string[]): Promise<Attack> {
		const port = (url: string) => new URL(url).port;
		const attack = new Attack([way, port(target.mqtt), port(target.http), ...args]);
		await attack.#lines.take(
			`the attack with ${way}`,
			(line) => line === "begun",
			LONG_DEADLINE_MS,
		);
		return attack;
	}

	get isOver(): boolean {
		return this.#process.exitCode !== null;
	}

	async stop(): Promise<void> {
		this.#process.kill("SIGKILL");
		await this.#process.exited;
	}

	async #read(): Promise<void> {
		for await (const chunk of this.#process.stdout) {
			for (const line of new TextDecoder().decode(chunk).trim().split("\n")) {
				this.said.push(line);
				this.#lines.add(line);
			}
		}
	}
}
