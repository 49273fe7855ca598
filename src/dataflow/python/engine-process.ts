import type { Subprocess } from "bun";
import { InvariantError, type Logger, selfCommand } from "../../kit/mod.ts";
import { EngineChannel } from "./engine-channel.ts";
import { logStderr } from "./engine-stderr.ts";
import { processorWaitMs } from "./processor-wait.ts";
import {
	ENGINE_CHANNEL,
	type EngineLimits,
	type EngineReply,
	type EngineRequest,
} from "./protocol.ts";
import { withStackOf } from "./stack-limit.ts";

/** The hidden argument that makes this program an engine (see `main.ts`). */
const ENGINE_ARGUMENT = "--engine";

/**
 * Python raises RecursionError when its own stack is full (`python-stack.ts`). WebAssembly needs a multiple of
 * that from the process; with the 8 MB it has elsewhere, deep JSON or source ended the engine.
 */
const STACK_BYTES = 192 << 20;
const USED_STACK_BYTES = 184 << 20;

export interface EngineEvents {
	onReply: (reply: EngineReply) => void;
	/** The process is gone, for whatever reason; told once. */
	onExit: (reason: string) => void;
}

/** A process that runs functions. */
export interface Engine {
	readonly pid: number;
	/** How long it has waited for a processor so far, in milliseconds; 0 where that is not known. */
	readonly waitedMs: number;
	/** @param isLone Its answer is all that is waited for, and short work. */
	send(request: EngineRequest, isLone: boolean): void;
	/** Ends the process at once; only this stops every stuck function. */
	kill(): void;
}

/** What an engine is started with; it finds its channel as file descriptor {@link ENGINE_CHANNEL}. */
export interface EngineCommand {
	/** Program and arguments. */
	readonly argv: readonly string[];
	/** All of its environment. */
	readonly env: Readonly<Record<string, string>>;
	/** Stack to ask the system for; the usual one when absent. */
	readonly stackBytes?: number;
	/** Whether it polls for requests, so that its answers are worth polling for. */
	readonly busyPoll?: boolean;
}

/** Nothing of the server's environment goes to an engine but the local time zone. */
export function localZoneEnv(): Record<string, string> {
	const { TZ } = process.env;
	return TZ === undefined ? {} : { TZ };
}

/** An engine process and the channel to it. */
export class EngineProcess implements Engine {
	readonly #process: Subprocess<"ignore", "ignore", "pipe">;
	readonly #channel: EngineChannel;
	/** What is wrong with what it said. */
	#broken: string | undefined;

	/** @param log Takes what it writes to its standard error. */
	constructor(
		{ argv, env, stackBytes, busyPoll = false }: EngineCommand,
		events: EngineEvents,
		log: Logger,
	) {
		const spawn = () =>
			Bun.spawn([...argv], {
				env: { ...env },
				cwd: "/",
				// A group of its own: the terminal's Ctrl-C is for the server, which stops the engine itself.
				detached: true,
				stdio: ["ignore", "ignore", "pipe", "pipe"],
				onExit: (_process, code, signal) =>
					events.onExit(
						this.#broken ?? (signal === null ? `exit code ${code}` : `signal ${signal}`),
					),
			});
		this.#process = stackBytes === undefined ? spawn() : withStackOf(stackBytes, spawn);
		void logStderr(this.#process.stderr, this.#process.pid, log);
		const descriptor = this.#process.stdio[ENGINE_CHANNEL];
		if (typeof descriptor !== "number") {
			this.kill();
			throw new InvariantError("the engine has no channel");
		}
		const onBroken = (reason: string) => {
			this.#broken ??= reason;
			this.kill();
		};
		this.#channel = new EngineChannel(descriptor, busyPoll, { onReply: events.onReply, onBroken });
	}

	get pid(): number {
		return this.#process.pid;
	}

	/** Python runs on the main thread of both kinds of engine. */
	get waitedMs(): number {
		return processorWaitMs(this.pid);
	}

	send(request: EngineRequest, isLone: boolean): void {
		this.#channel.send(request, isLone);
	}

	kill(): void {
		this.#process.kill("SIGKILL");
	}
}

/** The command of the Python inside this program: this same program started again in its hidden role. */
export function embeddedPython(limits: EngineLimits): EngineCommand {
	return {
		argv: [...selfCommand(), ENGINE_ARGUMENT, JSON.stringify(limits)],
		env: { ...localZoneEnv(), BUN_JSC_maxPerThreadStackUsage: String(USED_STACK_BYTES) },
		stackBytes: STACK_BYTES,
		busyPoll: limits.busyPoll,
	};
}
