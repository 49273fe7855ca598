import { Value } from "@sinclair/typebox/value";
import type { Subprocess } from "bun";
import { type EngineLimits, EngineReply, type EngineRequest } from "./protocol.ts";

/** The hidden argument that makes this program an engine (see `main.ts`). */
const ENGINE_ARGUMENT = "--engine";

export interface EngineEvents {
	onReply: (reply: EngineReply) => void;
	/** The process is gone, for whatever reason; told once. */
	onExit: (reason: string) => void;
}

/** A process that runs functions. */
export interface Engine {
	readonly pid: number;
	send(request: EngineRequest): void;
	/** Ends the process at once; only this stops every stuck function. */
	kill(): void;
}

/** One engine process: this same program started again in its hidden role. */
export class EngineProcess implements Engine {
	readonly #process: Subprocess;

	constructor(limits: EngineLimits, events: EngineEvents) {
		this.#process = Bun.spawn([...commandLine(), JSON.stringify(limits)], {
			env: {},
			// A group of its own: the terminal's Ctrl-C is for the server, which stops the engine itself.
			detached: true,
			stdin: "ignore",
			stdout: "ignore",
			stderr: "ignore",
			serialization: "advanced",
			ipc: (message) => {
				if (Value.Check(EngineReply, message)) events.onReply(message);
				else this.kill();
			},
			onExit: (_process, code, signal) =>
				events.onExit(signal === null ? `exit code ${code}` : `signal ${signal}`),
		});
	}

	get pid(): number {
		return this.#process.pid;
	}

	send(request: EngineRequest): void {
		this.#process.send(request);
	}

	kill(): void {
		this.#process.kill("SIGKILL");
	}
}

function commandLine(): string[] {
	const compiled = Bun.main.startsWith("/$bunfs/") || Bun.main.startsWith("B:/~BUN/");
	return compiled
		? [process.execPath, ENGINE_ARGUMENT]
		: [process.execPath, new URL("../../main.ts", import.meta.url).pathname, ENGINE_ARGUMENT];
}
