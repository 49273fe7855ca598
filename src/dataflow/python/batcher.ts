import type { Clock } from "../../kit/mod.ts";
import type { Qos } from "../../mqtt/mod.ts";
import type { Cause } from "../cause.ts";
import { Latency, type LatencyStats } from "../stats.ts";
import type { EngineSupervisor } from "./engine-supervisor.ts";
import { EngineWork } from "./engine-work.ts";
import { costOf } from "./message-cost.ts";
import { MessageQueue, type Queued } from "./message-queue.ts";
import { OTHER_QOS, SEPARATOR } from "./protocol.ts";
import { handOver, type ResultEvents } from "./results.ts";
import { type Owned, readSlice, type SliceBounds } from "./slice.ts";
import type { Task } from "./task.ts";

export interface BatcherEvents extends ResultEvents {
	/** A message ended an engine; it is not run again. */
	onKiller: (linkId: number, reason: string) => void;
	/** Whether a message of the link has ended an engine lately: it is to blame this time too. */
	isSuspect: (linkId: number) => boolean;
	/** Takes the links whose messages were run; undefined while the answer would be of no use. */
	survivors: () => ((linkId: number) => void) | undefined;
}

export interface BatcherOptions {
	/** Messages of one link that may wait; the newest win. */
	readonly queuePerLink: number;
	/** The most an engine may answer to a message, as it is now. */
	readonly bounds: () => SliceBounds;
	/** The graph of a link; graphs take turns. */
	readonly graphOf: (linkId: number) => number | undefined;
	/** What the engine may answer for; everything when absent. */
	readonly owns?: Owned | undefined;
}

/**
 * Python holds a batch several times over, and its memory is small: long messages go one by one. What takes long does
 * so too, because all other graphs wait for the end of what is with the engine.
 */
const BATCH = { messages: 256, chars: 1 << 20, ms: 4 };
const BATCHES_IN_FLIGHT = 2;

/**
 * Queues messages and hands them to the engine in batches. Those that were with an engine when it
 * ended are run again, one by one: one of them may be the cause. What an engine has run before may be the
 * cause as well, so a message is to blame only if the engine it ended had run nothing else.
 */
export class Batcher {
	readonly #options: BatcherOptions;
	readonly #engine: Pick<EngineSupervisor, "isReady" | "send">;
	readonly #events: BatcherEvents;
	readonly #clock: Clock;
	readonly #queue: MessageQueue;
	/** Messages that were with an engine when it ended. */
	#suspects: Queued[] = [];
	#inFlight = 0;
	/** What the batches in flight are going to take. */
	#inFlightMs = 0;
	/** Whether the engine has been sent nothing yet. */
	#isFresh = true;
	#pumpScheduled = false;
	readonly #latency = new Latency();
	readonly #work: EngineWork;
	#messages = 0;
	#batches = 0;

	constructor(
		options: BatcherOptions,
		engine: Pick<EngineSupervisor, "isReady" | "send">,
		events: BatcherEvents,
		clock: Clock,
	) {
		this.#options = options;
		this.#engine = engine;
		this.#events = events;
		this.#clock = clock;
		this.#work = new EngineWork(clock.now());
		this.#queue = new MessageQueue(options.queuePerLink, options.graphOf);
	}

	/** Messages and batches worked on. */
	get stats(): { readonly messages: number; readonly batches: number } {
		return { messages: this.#messages, batches: this.#batches };
	}

	/** Time the engine has worked on messages, seconds. */
	get busySeconds(): number {
		return this.#work.seconds;
	}

	/** Share of its time that it has worked on messages lately, from 0 to 1. */
	get workShare(): number {
		return this.#work.share(this.#clock.now());
	}

	/** How long messages took from their arrival to the end of their functions. */
	get latency(): LatencyStats {
		return this.#latency.stats;
	}

	/** Messages that have not been sent to the engine. */
	get waiting(): number {
		return this.#queue.size + this.#suspects.length;
	}

	/** Queues a message; false when an older one of its link was dropped for it. */
	push(linkId: number, text: string, at: number, cause: Cause): boolean {
		const kept = this.#queue.push(linkId, text, at, cause);
		this.#schedulePump();
		return kept;
	}

	/** Takes the messages of some links that are not with the engine, oldest first. */
	takeLinks(linkIds: ReadonlySet<number>): Queued[] {
		const isTaken = ({ linkId }: Queued) => linkIds.has(linkId);
		const suspects = this.#suspects.filter(isTaken);
		this.#suspects = this.#suspects.filter((message) => !isTaken(message));
		return [...suspects, ...this.#queue.takeLinks(linkIds)];
	}

	/** There is a new engine. */
	renew(): void {
		this.#isFresh = true;
	}

	/** Sends what the engine has room for. */
	pump(): void {
		if (!this.#engine.isReady) return;
		if (this.#suspects.length > 0) {
			if (this.#inFlight === 0) this.#send(this.#suspects.splice(0, 1));
			return;
		}
		while (this.#hasRoom && this.#queue.size > 0) this.#send(this.#queue.take(BATCH));
	}

	/** The second batch is there so that the engine need not wait, which is nothing beside the time of a long one. */
	get #hasRoom(): boolean {
		return this.#inFlight < BATCHES_IN_FLIGHT && this.#inFlightMs < BATCH.ms;
	}

	#schedulePump(): void {
		if (this.#pumpScheduled) return;
		this.#pumpScheduled = true;
		// What arrived in one piece goes in one batch; while batches are in flight the answer pumps.
		queueMicrotask(() => {
			this.#pumpScheduled = false;
			this.pump();
		});
	}

	#send(messages: readonly Queued[]): void {
		const costMs = costOf(messages);
		const landed = () => {
			this.#inFlight -= 1;
			this.#inFlightMs = this.#inFlight === 0 ? 0 : this.#inFlightMs - costMs;
		};
		let done = 0;
		let qos = messages[0]?.cause.qos ?? 0;
		const isFirst = this.#isFresh;
		this.#isFresh = false;
		const task: Task = {
			request: { ask: "batch", text: batchText(messages) },
			take: (slice) => {
				const read = this.#onSlice(slice, messages, done, qos);
				done += read.done;
				qos = read.qos;
				if (done < messages.length) return false;
				landed();
				return true;
			},
			lost: (reason, wasHead) => {
				landed();
				this.#onLost(messages.slice(done), { reason, wasHead, isFirst: isFirst && done === 0 });
			},
		};
		this.#batches += 1;
		this.#inFlight += 1;
		this.#inFlightMs += costMs;
		this.#engine.send(task);
	}

	/**
	 * Takes the results of some messages.
	 * @param qos Of the message that the first results come of.
	 * @returns the number of messages that are done with it, and the QoS of what comes next.
	 */
	#onSlice(
		text: string,
		messages: readonly Queued[],
		before: number,
		qos: Qos,
	): { done: number; qos: Qos } {
		const left = messages.length - before;
		const { bounds, owns } = this.#options;
		const { done, took, records } = readSlice(text, left, bounds(), owns);
		const now = this.#clock.now();
		if (took !== undefined) {
			this.#queue.learn(messages.slice(before, before + done), took);
			this.#work.add(took.ms, now);
		}
		const survived = this.#events.survivors();
		for (let n = before; n < before + done; n++) {
			const message = messages[n];
			if (message === undefined) break;
			this.#latency.add((now - message.at) / 1000);
			survived?.(message.linkId);
		}
		this.#messages += done;
		const next = handOver(records, messages, qos, this.#events);
		// Behind the results: what acknowledges a message then has handed these over before.
		for (let n = before; n < before + done; n++) messages[n]?.cause.done?.();
		return { done, qos: next };
	}

	#onLost(left: readonly Queued[], { reason, wasHead, isFirst }: Loss): void {
		const [only] = left;
		const isAlone = wasHead && left.length === 1;
		if (isAlone && only !== undefined && (isFirst || this.#events.isSuspect(only.linkId))) {
			this.#events.onKiller(only.linkId, reason);
			only.cause.done?.();
		} else {
			// At the front: the next engine runs the first of them before anything else.
			this.#suspects.unshift(...left);
		}
	}
}

function batchText(messages: readonly Queued[]): string {
	let text = "";
	let last = messages[0];
	for (const message of messages) {
		if (text !== "") text += SEPARATOR;
		if (message.cause.qos !== last?.cause.qos) text += OTHER_QOS;
		text += `${message.linkId}${SEPARATOR}${message.text}`;
		last = message;
	}
	return text;
}

interface Loss {
	readonly reason: string;
	/** The engine was working on it. */
	readonly wasHead: boolean;
	/** It had run nothing before. */
	readonly isFirst: boolean;
}
