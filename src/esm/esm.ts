import type { Broker, BrokerMessage } from "../broker/broker.ts";
import { messageOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { Pipeline, type PipelineEvents } from "./pipeline.ts";
import { FunctionHost, type FunctionHostOptions, type FunctionSource } from "./python/host.ts";
import { handlesOf, type PipelineSpec } from "./spec.ts";

export type { FunctionSource } from "./python/host.ts";
export type { IdfSpec, OdfSpec, PipelineSpec } from "./spec.ts";

export type DataPathOptions = FunctionHostOptions;

/** A message that could not be processed. */
export interface DataPathError {
	/** The graph's name as given to {@link DataPath.set}. */
	readonly graph: string;
	/** Function that failed; null when no function is to blame. */
	readonly stage: "idf" | "join" | "odf" | null;
	readonly digest: string | null;
	readonly reason: string;
}

interface Member {
	readonly name: string;
	readonly number: number;
	readonly pipeline: Pipeline;
	lastReportMs: number;
	unreported: number;
}

/** Failures of one graph are logged this often at most; the line says how many there were. */
const REPORT_EVERY_MS = 10_000;
const EMPTY: PipelineSpec = { idfs: [], odfs: [], join: null };

/** The ESM: routes data from IDF topics through graphs to ODF topics (`csm.md §5`). */
export class DataPath {
	readonly #options: DataPathOptions;
	readonly #broker: Broker;
	readonly #log: Logger;
	readonly #host: FunctionHost;
	readonly #graphs = new Map<string, Member>();
	readonly #byNumber = new Map<number, Member>();
	/** Topic → link ids → pipeline that reads it; graphs that link one feature share its topic. */
	readonly #inputs = new Map<string, Map<number, Pipeline>>();
	readonly #odfTopics = new Map<number, string>();
	readonly #decoder = new TextDecoder("utf-8", { fatal: true });
	#nextNumber = 1;

	constructor(options: DataPathOptions, broker: Broker, log: Logger) {
		this.#options = options;
		this.#broker = broker;
		this.#log = log;
		this.#host = new FunctionHost(
			options,
			{
				onOutput: (linkId, json) => this.#publish(linkId, json),
				onError: ({ graph, stage, digest, reason }) => {
					const member = this.#byNumber.get(graph);
					if (member !== undefined) this.#report(member, { stage, digest, reason });
				},
			},
			log,
		);
	}

	/**
	 * Makes a function for one link or join. Its handle may be used at once.
	 * `ready` rejects with an InputError in Python's words when the source is no good.
	 */
	prepare(source: FunctionSource): { handle: number; ready: Promise<void> } {
		return this.#host.prepare(source);
	}

	/** Forgets a function that was prepared but is not going to be used. */
	discard(handle: number): void {
		this.#host.release([handle]);
	}

	/**
	 * Sets the wanted state of a graph, in place; resolves when its inputs are listened to.
	 * Functions the graph used before and does not any more are forgotten.
	 */
	async set(name: string, spec: PipelineSpec): Promise<void> {
		const member = this.#graphs.get(name) ?? this.#enter(name);
		const former = member.pipeline.spec;
		for (const { id } of former.odfs) this.#odfTopics.delete(id);
		for (const { id, topic } of spec.odfs) this.#odfTopics.set(id, topic);
		member.pipeline.update(spec);
		const used = new Set(handlesOf(spec));
		const unused = handlesOf(former).filter((handle) => !used.has(handle));
		if (unused.length > 0) this.#host.release(unused);
		await this.#listen(member.pipeline, former, spec);
	}

	/** Ends a graph. */
	async remove(name: string): Promise<void> {
		const member = this.#graphs.get(name);
		if (member === undefined) return;
		this.#graphs.delete(name);
		this.#byNumber.delete(member.number);
		const former = member.pipeline.spec;
		for (const { id } of former.odfs) this.#odfTopics.delete(id);
		member.pipeline.update(EMPTY);
		this.#host.release(handlesOf(former));
		await this.#listen(member.pipeline, former, EMPTY);
	}

	/** Stops listening, finishes what is queued within the time given, ends the engine. */
	async stop(timeoutMs: number): Promise<void> {
		await Promise.all([...this.#inputs.keys()].map((topic) => this.#broker.unsubscribe(topic)));
		this.#inputs.clear();
		await this.#host.stop(timeoutMs);
	}

	#enter(name: string): Member {
		const number = this.#nextNumber++;
		const events: PipelineEvents = {
			onResult: (result) => {
				if ("json" in result) this.#publish(result.odf.id, result.json);
				else this.#report(member, { stage: null, digest: null, reason: result.problem });
			},
			onDropped: () =>
				this.#report(member, {
					stage: null,
					digest: null,
					reason: `more than ${this.#options.queuePerLink} messages wait; the oldest was dropped`,
				}),
		};
		const pipeline = new Pipeline(number, this.#host, events, this.#options.queuePerLink);
		const member: Member = { name, number, pipeline, lastReportMs: -Infinity, unreported: 0 };
		this.#graphs.set(name, member);
		this.#byNumber.set(number, member);
		return member;
	}

	async #listen(pipeline: Pipeline, former: PipelineSpec, spec: PipelineSpec): Promise<void> {
		const wanted = new Set(spec.idfs.map((idf) => idf.id));
		const known = new Set(former.idfs.map((idf) => idf.id));
		const gone = former.idfs.filter((idf) => !wanted.has(idf.id));
		const added = spec.idfs.filter((idf) => !known.has(idf.id));
		await Promise.all([
			...gone.map(({ id, topic }) => this.#stopReading(id, topic)),
			...added.map(({ id, topic }) => this.#startReading(id, topic, pipeline)),
		]);
	}

	async #startReading(linkId: number, topic: string, pipeline: Pipeline): Promise<void> {
		const readers = this.#inputs.get(topic);
		if (readers !== undefined) {
			readers.set(linkId, pipeline);
			return;
		}
		const first = new Map([[linkId, pipeline]]);
		this.#inputs.set(topic, first);
		await this.#broker.subscribe(topic, (message) => this.#receive(first, message));
	}

	async #stopReading(linkId: number, topic: string): Promise<void> {
		const readers = this.#inputs.get(topic);
		readers?.delete(linkId);
		if (readers?.size !== 0) return;
		this.#inputs.delete(topic);
		await this.#broker.unsubscribe(topic);
	}

	#receive(readers: Map<number, Pipeline>, message: BrokerMessage): void {
		// A stored message comes again with every subscription: it is not new data (csm.md §5.3).
		if (message.retained) return;
		let text: string | undefined;
		try {
			text = this.#decoder.decode(message.payload);
		} catch {}
		// A control character cannot stand in JSON text, and the engine's batches are cut at this one.
		if (text === undefined || text.includes("\x1e")) text = "";
		for (const [linkId, pipeline] of readers) pipeline.receive(linkId, text);
	}

	#publish(linkId: number, json: string): void {
		const topic = this.#odfTopics.get(linkId);
		if (topic === undefined) return;
		this.#broker
			.publish(topic, json, { qos: 2 })
			.catch((error) => this.#log.warn("cannot publish data", { topic, reason: messageOf(error) }));
	}

	#report(member: Member, error: Omit<DataPathError, "graph">): void {
		member.unreported += 1;
		const now = performance.now();
		if (now - member.lastReportMs < REPORT_EVERY_MS) return;
		const { stage, digest, reason } = error;
		const times = member.unreported;
		member.lastReportMs = now;
		member.unreported = 0;
		this.#log.warn("message dropped", { graph: member.name, stage, digest, reason, times });
	}
}
