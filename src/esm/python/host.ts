import { InputError, InvariantError, messageOf } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import { type EngineFigures, Latency, type LatencyFigures } from "../figures.ts";
import { type Engine, EngineProcess, embeddedPython } from "./engine-process.ts";
import { MessageQueue, type Waiting } from "./message-queue.ts";
import {
	type EngineError,
	type EngineLimits,
	type EngineReply,
	type EngineRequest,
	type GraphSpec,
	type PrepareRequest,
	SEPARATOR,
	SLICE_MS,
} from "./protocol.ts";
import { findPython3, machinePython } from "./python3.ts";
import { Quarantine } from "./quarantine.ts";
import { readSlice } from "./slice.ts";

export type { EngineError, GraphSpec, LinkName } from "./protocol.ts";

export interface FunctionHostOptions extends EngineLimits {
	/** `embedded`: the Python inside this program; `python3`: the machine's own. */
	engine: "embedded" | "python3";
	/** Messages of one link that may wait; the newest win. */
	queuePerLink: number;
}

export interface FunctionHostEvents {
	/** JSON to publish for an ODF link. */
	onOutput: (linkId: number, json: string) => void;
	/** The data record (JSON) of a message in a monitored graph. */
	onMonitor: (graph: number, json: string) => void;
	/** What a graph's functions printed for one message. */
	onPrint: (graph: number, text: string) => void;
	/** A new engine is there: the globals of all functions have been reset. */
	onReset: (reason: string) => void;
	/** A message could not be processed; `graph` is the number its spec was declared with. */
	onError: (error: EngineError) => void;
}

/** A source to become a function: its own globals, helpers reachable as `iot.<alias>`. */
export interface FunctionSource {
	readonly digest: string;
	readonly code: string;
	readonly helpers: readonly { alias: string; digest: string; code: string }[];
}

/** What is left of a graph that moved out of the engine. */
export interface DroppedGraph {
	/** Slots by link id, as JSON text; null where the slot was no JSON. */
	readonly slots: Readonly<Record<string, string | null>>;
	/** Messages that had not been sent to the engine yet, oldest first. */
	readonly waiting: readonly Waiting[];
}

type Task =
	| { readonly kind: "start" }
	| { readonly kind: "batch"; readonly messages: readonly Waiting[]; done: number }
	| { readonly kind: "prepare"; readonly handle: number }
	| { readonly kind: "drop"; readonly settle: (slots: DroppedGraph["slots"]) => void }
	| { readonly kind: "change" };

interface Prepared {
	request: PrepareRequest;
	settle: PromiseWithResolvers<void> | undefined;
}

const MAX_BATCH = 256;
const BATCHES_IN_FLIGHT = 2;
/** The engine answers each slice; beyond slice and call it gets this for being scheduled late. */
const GRACE_MS = 250;
const START_TIMEOUT_MS = 30_000;
const RESTART_PAUSE_MS = 1000;
const MAX_REPLY_CHARS = 1 << 26;

const SLOTS = /* the reply of `drop` */ (text: string): DroppedGraph["slots"] => JSON.parse(text);

/**
 * Runs user functions in the engine process: starts it with the first function, batches messages,
 * watches the clock, and replaces an engine that is stuck or broken. The wanted state (functions,
 * graphs) is kept here, so a new engine gets all of it; messages in flight are run again.
 */
export class FunctionHost {
	readonly #options: FunctionHostOptions;
	readonly #events: FunctionHostEvents;
	readonly #log: Logger;
	readonly #queue: MessageQueue;
	readonly #functions = new Map<number, Prepared>();
	readonly #graphs = new Map<number, GraphSpec>();
	#engine: Engine | undefined;
	#ready = false;
	#stopped = false;
	/** Sent and not answered, oldest first: the engine works on the head. */
	#tasks: Task[] = [];
	#headSince = 0;
	#watchdog: Timer | undefined;
	#restartTimer: Timer | undefined;
	/** Messages that were with an engine when it died: one of them may be the cause, so they go alone. */
	#suspects: Waiting[] = [];
	#pumpScheduled = false;
	readonly #quarantine = new Quarantine();
	readonly #latency = new Latency();
	#messages = 0;
	#batches = 0;
	#restarts = 0;
	/** Why the last engine was replaced; undefined for the first one. */
	#replaced: string | undefined;
	#nextHandle = 1;
	#killReason: string | undefined;
	#drained: (() => void) | undefined;
	#ended: (() => void) | undefined;

	constructor(options: FunctionHostOptions, events: FunctionHostEvents, log: Logger) {
		this.#options = options;
		this.#events = events;
		this.#log = log;
		this.#queue = new MessageQueue(options.queuePerLink);
	}

	/** What the engine has done so far. */
	get figures(): EngineFigures {
		return {
			state: this.#engine === undefined ? "off" : this.#ready ? "ready" : "starting",
			pid: this.#engine?.pid ?? null,
			messages: this.#messages,
			batches: this.#batches,
			restarts: this.#restarts,
			functions: this.#functions.size,
		};
	}

	/** How long messages took from their arrival to the end of their functions. */
	get latency(): LatencyFigures {
		return this.#latency.figures;
	}

	/** Messages that wait for the engine. */
	get waiting(): number {
		return this.#queue.size + this.#suspects.length;
	}

	/**
	 * Makes a function. The handle may be declared at once; `ready` rejects with an InputError in
	 * Python's words when the source does not compile or has no `run` (`csm.md §5.3`), and calls of
	 * such a function fail with the same text.
	 */
	prepare(source: FunctionSource): { handle: number; ready: Promise<void> } {
		const handle = this.#nextHandle++;
		const settle = Promise.withResolvers<void>();
		this.#functions.set(handle, { request: { handle, ...source, broken: null }, settle });
		if (this.#ready) this.#sendPrepare(handle);
		else this.#start();
		return { handle, ready: settle.promise };
	}

	/** Forgets functions that no declared graph uses. */
	release(handles: readonly number[]): void {
		for (const handle of handles) this.#functions.delete(handle);
		if (this.#ready) this.#send({ kind: "change" }, "release", JSON.stringify(handles));
	}

	/** Sets the wanted state of a graph; inputs that stay keep slots and previous values. */
	declare(spec: GraphSpec): void {
		// Only the first engine gets the slots a graph moved in with; they are old news to a later one.
		const withoutSlots = { ...spec, idfs: spec.idfs.map((idf) => ({ ...idf, slot: null })) };
		this.#quarantine.review(this.#graphs.get(spec.graph), spec);
		this.#graphs.set(spec.graph, this.#ready ? withoutSlots : spec);
		if (this.#ready) this.#send({ kind: "change" }, "declare", JSON.stringify(spec));
		else this.#start();
	}

	/** Forgets a graph and gives back its slots and the messages that still wait. */
	async drop(graph: number): Promise<DroppedGraph> {
		const spec = this.#graphs.get(graph);
		this.#graphs.delete(graph);
		this.#quarantine.review(spec, undefined);
		const waiting = this.#queue.takeLinks(new Set(spec?.idfs.map((idf) => idf.id)));
		if (!this.#ready) return { slots: {}, waiting };
		const { promise, resolve } = Promise.withResolvers<DroppedGraph["slots"]>();
		this.#send({ kind: "drop", settle: resolve }, "drop", JSON.stringify(graph));
		return { slots: await promise, waiting };
	}

	/** Queues a message of a declared input; false when an older one gave way to it. */
	push(linkId: number, text: string, at = performance.now()): boolean {
		const quarantine = this.#quarantine.reasonFor(linkId);
		if (quarantine !== undefined) {
			this.#report(linkId, "quarantine", quarantine);
			return true;
		}
		const kept = this.#queue.push(linkId, text, at);
		this.#schedulePump();
		return kept;
	}

	/** Resolves when everything that is queued is done; false when `timeoutMs` was not enough. */
	async drain(timeoutMs: number): Promise<boolean> {
		if (this.#engine === undefined || this.#isDrained()) return true;
		const { promise, resolve } = Promise.withResolvers<boolean>();
		this.#drained = () => resolve(true);
		const timer = setTimeout(() => resolve(false), timeoutMs);
		return promise.finally(() => clearTimeout(timer));
	}

	/** Ends the engine; it is gone when the promise resolves. */
	async stop(): Promise<void> {
		this.#stopped = true;
		clearTimeout(this.#watchdog);
		clearTimeout(this.#restartTimer);
		if (this.#engine === undefined) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#ended = resolve;
		this.#engine.kill();
		await promise;
	}

	/** @throws ConfigError when the machine has no python3 and the options ask for it. */
	check(): void {
		if (this.#options.engine === "python3") findPython3();
	}

	#start(): void {
		if (this.#engine !== undefined || this.#stopped || this.#restartTimer !== undefined) return;
		const begun = performance.now();
		const commandFor = this.#options.engine === "python3" ? machinePython : embeddedPython;
		const engine: Engine = new EngineProcess(commandFor(this.#options), {
			onReply: (reply) => {
				if (engine !== this.#engine) return;
				if (reply.answer === "ready") {
					this.#log.info("function engine ready", {
						engine: engine.pid,
						syscall_filter: reply.filtered,
						ms: Math.round(performance.now() - begun),
					});
				}
				this.#take(reply);
			},
			onExit: (reason) => {
				if (engine === this.#engine) this.#onExit(reason);
			},
		});
		this.#engine = engine;
		this.#expect({ kind: "start" });
	}

	#send(task: Task, ask: EngineRequest["ask"], text: string): void {
		this.#expect(task);
		this.#engine?.send({ ask, text });
	}

	/** Notes what the engine answers next, and watches the time it takes. */
	#expect(task: Task): void {
		if (this.#tasks.length === 0) this.#headSince = performance.now();
		this.#tasks.push(task);
		this.#watch();
	}

	#sendPrepare(handle: number): void {
		const prepared = this.#functions.get(handle);
		if (prepared === undefined) return;
		this.#send({ kind: "prepare", handle }, "prepare", JSON.stringify(prepared.request));
	}

	// User code runs on the other side: an answer that makes no sense costs the engine, nothing else.
	#take(reply: EngineReply): void {
		if (this.#killReason !== undefined) return;
		try {
			if ("text" in reply && reply.text.length > MAX_REPLY_CHARS) {
				throw new InvariantError(`it answered with ${reply.text.length} characters`);
			}
			this.#onReply(reply);
		} catch (error) {
			this.#kill(messageOf(error));
		}
	}

	#onReply(reply: EngineReply): void {
		const task = this.#tasks[0];
		if (task === undefined) return;
		this.#headSince = performance.now();
		if (reply.answer === "slice") {
			if (task.kind !== "batch") {
				this.#kill("it answered out of turn");
				return;
			}
			this.#onSlice(task, reply.text);
			if (task.done < task.messages.length) return;
		}
		this.#tasks.shift();
		if (reply.answer === "ready") this.#onReady();
		else if (reply.answer === "done") this.#onDone(task, reply.text);
		this.#pump();
	}

	#onReady(): void {
		this.#ready = true;
		for (const handle of this.#functions.keys()) this.#sendPrepare(handle);
		for (const spec of this.#graphs.values()) this.declare(spec);
		if (this.#replaced !== undefined) this.#events.onReset(this.#replaced);
		this.#replaced = undefined;
	}

	#onDone(task: Task, text: string): void {
		if (task.kind === "drop") task.settle(SLOTS(text));
		if (task.kind === "prepare") this.#onPrepared(task.handle, JSON.parse(text));
	}

	#onPrepared(handle: number, reason: string | null): void {
		const prepared = this.#functions.get(handle);
		if (prepared === undefined) return;
		const { settle } = prepared;
		prepared.settle = undefined;
		if (reason === null) settle?.resolve();
		else if (settle !== undefined) settle.reject(new InputError(reason));
		else if (prepared.request.broken === null) {
			this.#log.warn("function failed in the new engine", {
				digest: prepared.request.digest,
				reason,
			});
		}
	}

	#onSlice(task: Task & { kind: "batch" }, text: string): void {
		const left = task.messages.length - task.done;
		const { done, records } = readSlice(text, left, this.#options.maxResultBytes);
		const now = performance.now();
		for (let n = task.done; n < task.done + done; n++) {
			this.#latency.add((now - (task.messages[n]?.at ?? now)) / 1000);
		}
		task.done += done;
		this.#messages += done;
		for (const record of records) {
			switch (record.kind) {
				case "output":
					this.#events.onOutput(record.linkId, record.json);
					break;
				case "monitor":
					this.#events.onMonitor(record.graph, record.json);
					break;
				case "printed":
					this.#events.onPrint(record.printed.graph, record.printed.text);
					break;
				case "error":
					this.#events.onError(record.error);
			}
		}
	}

	#schedulePump(): void {
		if (this.#pumpScheduled) return;
		this.#pumpScheduled = true;
		// What arrived in one piece goes in one batch; while batches are under way the answer pumps.
		queueMicrotask(() => {
			this.#pumpScheduled = false;
			this.#pump();
		});
	}

	#pump(): void {
		if (this.#ready) {
			const inFlight = this.#tasks.filter((task) => task.kind === "batch").length;
			if (this.#suspects.length > 0) {
				if (inFlight === 0) this.#sendBatch(this.#suspects.splice(0, 1));
			} else {
				for (let free = BATCHES_IN_FLIGHT - inFlight; free > 0 && this.#queue.size > 0; free--) {
					this.#sendBatch(this.#queue.take(MAX_BATCH));
				}
			}
		}
		if (this.#isDrained()) this.#drained?.();
	}

	#sendBatch(messages: readonly Waiting[]): void {
		const text = messages.map(({ linkId, text }) => `${linkId}${SEPARATOR}${text}`).join(SEPARATOR);
		this.#batches += 1;
		this.#send({ kind: "batch", messages, done: 0 }, "batch", text);
	}

	#isDrained(): boolean {
		return this.#tasks.length === 0 && this.#queue.size === 0 && this.#suspects.length === 0;
	}

	#watch(): void {
		if (this.#watchdog !== undefined) return;
		const check = () => {
			this.#watchdog = undefined;
			const head = this.#tasks[0];
			if (head === undefined) return;
			const left = this.#limitMs(head) - (performance.now() - this.#headSince);
			if (left <= 0) {
				this.#kill(`time limit of ${this.#options.callTimeoutMs} ms exceeded`);
				return;
			}
			// The head may change to a task with a shorter limit while this timer runs.
			this.#watchdog = setTimeout(check, Math.min(left, this.#options.callTimeoutMs));
		};
		this.#watchdog = setTimeout(check, this.#options.callTimeoutMs);
	}

	#limitMs(task: Task): number {
		if (task.kind === "start") return START_TIMEOUT_MS;
		return this.#options.callTimeoutMs + SLICE_MS + GRACE_MS;
	}

	#kill(reason: string): void {
		this.#killReason = reason;
		this.#engine?.kill();
	}

	#onExit(exit: string): void {
		const reason = this.#killReason ?? `the function engine ended (${exit})`;
		const wasReady = this.#ready;
		const [head, ...others] = this.#tasks;
		this.#engine = undefined;
		this.#ready = false;
		this.#killReason = undefined;
		this.#tasks = [];
		clearTimeout(this.#watchdog);
		this.#watchdog = undefined;
		if (this.#stopped) {
			this.#ended?.();
			return;
		}
		this.#replaced = reason;
		this.#restarts += 1;
		this.#log.error("function engine replaced", { reason, at: head?.kind ?? "rest" });

		const again = this.#blame(head, reason);
		for (const task of others) {
			if (task.kind === "batch") again.push(...task.messages);
			if (task.kind === "drop") task.settle({});
		}
		this.#suspects = [...again, ...this.#suspects];
		if (wasReady) {
			this.#start();
			return;
		}
		this.#failPrepares(reason);
		this.#restartTimer = setTimeout(() => {
			this.#restartTimer = undefined;
			this.#start();
		}, RESTART_PAUSE_MS);
	}

	/** Finds what the dead engine was working on; gives back the messages that may run again. */
	#blame(head: Task | undefined, reason: string): Waiting[] {
		if (head?.kind === "drop") head.settle({});
		if (head?.kind === "prepare") {
			const prepared = this.#functions.get(head.handle);
			if (prepared !== undefined) prepared.request = { ...prepared.request, broken: reason };
			this.#onPrepared(head.handle, reason);
		}
		if (head?.kind !== "batch") return [];
		const left = head.messages.slice(head.done);
		const [only] = left;
		if (only === undefined || left.length > 1) return [...left];
		this.#report(only.linkId, "engine", reason);
		if (this.#quarantine.killed(only.linkId)) {
			this.#log.error("input quarantined: it killed the function engine too often", {
				link: only.linkId,
			});
		}
		return [];
	}

	/** Reports a message whose graph is known, but not the function to blame. */
	#report(linkId: number, kind: string, reason: string): void {
		const graph = [...this.#graphs.values()].find((spec) =>
			spec.idfs.some((idf) => idf.id === linkId),
		);
		if (graph === undefined) return;
		const digest = null;
		this.#events.onError({ graph: graph.graph, kind, stage: null, digest, src: null, reason });
	}

	#failPrepares(reason: string): void {
		for (const [handle, { settle }] of this.#functions) {
			if (settle === undefined) continue;
			this.#functions.delete(handle);
			settle.reject(new InputError(`the function engine cannot start: ${reason}`));
		}
	}
}
