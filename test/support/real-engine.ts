// An engine process of its own with the host's end of its channel in the hands of a test.
import {
	type EngineCommand,
	EngineProcess,
	embeddedPython,
} from "../../src/dataflow/python/engine-process.ts";
import type {
	EngineLimits,
	EngineReply,
	EngineRequest,
	PrepareRequest,
} from "../../src/dataflow/python/protocol.ts";
import { quietLog } from "./log.ts";
import { Inbox, within } from "./waiting.ts";

export const ENGINE_LIMITS: EngineLimits = {
	callTimeoutMs: 30_000,
	batchTimeoutMs: 60_000,
	maxMemoryBytes: 128 << 20,
	maxResultBytes: 10_000,
	recursionLimit: 1000,
	maxPrintChars: 1000,
	busyPoll: true,
	packagesDir: "",
};

export class RealEngine {
	readonly replies = new Inbox<EngineReply>();
	readonly #process: EngineProcess;
	readonly #exit = Promise.withResolvers<string>();

	constructor(command: EngineCommand = embeddedPython(ENGINE_LIMITS)) {
		const events = {
			onReply: (reply: EngineReply) => this.replies.add(reply),
			onExit: (reason: string) => this.#exit.resolve(reason),
		};
		this.#process = new EngineProcess(command, events, quietLog);
	}

	/** One that takes requests. */
	static async start(changes: Partial<EngineLimits> = {}): Promise<RealEngine> {
		const engine = new RealEngine(embeddedPython({ ...ENGINE_LIMITS, ...changes }));
		await engine.replies.take("an engine that is ready", ({ answer }) => answer === "ready");
		return engine;
	}

	get pid(): number {
		return this.#process.pid;
	}

	/** Sends a request and waits for one answer. */
	async ask(ask: EngineRequest["ask"], value: unknown): Promise<string> {
		const text = typeof value === "string" ? value : JSON.stringify(value);
		this.#process.send({ ask, text }, ask === "batch");
		const reply = await this.replies.take(`an answer to ${ask}`);
		return reply.answer === "ready" ? "ready" : reply.text;
	}

	/** Makes a function; gives why it cannot be made. */
	async prepare(
		handle: number,
		code: string,
		helpers: PrepareRequest["helpers"] = [],
	): Promise<string | null> {
		const request = { handle, digest: `d${handle}`, code, helpers, broken: null };
		return JSON.parse(await this.ask("prepare", request));
	}

	/** What the newest function gives for a value, in a graph of its own: JSON, or why there is nothing. */
	async call(handle: number, value: unknown): Promise<string> {
		const link = { param_no: null, tag_param_no: 0 };
		const idf = {
			...link,
			id: handle,
			name: ["d", "i"],
			func: handle,
			input_type: null,
			slot: null,
		};
		const odf = { ...link, id: handle + 1000, name: ["d", "o"], func: null };
		const graph = { graph: handle, join: null, records: "none", idfs: [idf], odfs: [odf] };
		await this.ask("declare", graph);
		const [, target, text = ""] = (
			await this.ask("batch", `${handle}\x1e${JSON.stringify(value)}`)
		).split("\x1e");
		return target === "e" ? JSON.parse(text).reason : text;
	}

	/** Sends what no host would. */
	send(request: EngineRequest): void {
		this.#process.send(request, false);
	}

	/** How it ended, once it has. */
	ended(): Promise<string> {
		return within(this.#exit.promise, "the end of an engine");
	}

	async stop(): Promise<void> {
		this.#process.kill();
		await this.ended();
	}
}
