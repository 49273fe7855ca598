import type { Engine, EngineEvents } from "../../src/dataflow/python/engine-process.ts";
import type { EngineReply, EngineRequest } from "../../src/dataflow/python/protocol.ts";

/** The other end of an engine's channel in the hands of a test: an engine that answers what it is told to. */
export class ScriptedEngine implements Engine {
	readonly pid: number;
	readonly requests: EngineRequest[] = [];
	isKilled = false;
	/** Time it has waited for a processor. */
	waitedMs = 0;
	readonly #events: EngineEvents;

	constructor(pid: number, events: EngineEvents) {
		this.pid = pid;
		this.#events = events;
	}

	send(request: EngineRequest): void {
		this.requests.push(request);
	}

	kill(): void {
		this.isKilled = true;
	}

	/** The process says that it takes requests. */
	ready(): void {
		this.#events.onReply({ answer: "ready", unfiltered: "" });
	}

	/** Answers anything but a batch. */
	done(text = "null"): void {
		this.#events.onReply({ answer: "done", text });
	}

	/** Answers a batch: messages done and records. */
	slice(done: number, ...fields: string[]): void {
		this.#events.onReply({ answer: "slice", text: [String(done), ...fields].join("\x1e") });
	}

	reply(reply: EngineReply): void {
		this.#events.onReply(reply);
	}

	/** The process is gone. */
	exit(reason = "signal SIGKILL"): void {
		this.#events.onExit(reason);
	}

	/** What it was asked, in order. */
	get asked(): string[] {
		return this.requests.map(({ ask }) => ask);
	}

	/** Link ids and payloads of a batch it was sent. */
	batch(index: number): string[][] {
		const batches = this.requests.filter(({ ask }) => ask === "batch");
		const fields = batches[index]?.text.split("\x1e") ?? [];
		const pairs: string[][] = [];
		for (let at = 0; at < fields.length; at += 2) pairs.push(fields.slice(at, at + 2));
		return pairs;
	}
}

/** Launches scripted engines and remembers them. */
export class EngineYard {
	readonly engines: ScriptedEngine[] = [];
	/** What launching fails with; undefined: it does not. */
	trouble: string | undefined;

	readonly launch = (events: EngineEvents): ScriptedEngine => {
		if (this.trouble !== undefined) throw new Error(this.trouble);
		const engine = new ScriptedEngine(1000 + this.engines.length, events);
		this.engines.push(engine);
		return engine;
	};

	/** The engine launched last. */
	get last(): ScriptedEngine {
		const engine = this.engines.at(-1);
		if (engine === undefined) throw new Error("No engine has been launched");
		return engine;
	}
}
