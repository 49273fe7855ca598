import { EMPTY_SPEC, handlesOf, needsEngine, type PipelineSpec } from "../contract/mod.ts";
import { type Logger, MAX_DATA_NESTING, messageOf, nestsTooDeep } from "../kit/mod.ts";
import type { Broker, BrokerMessage } from "../mqtt/mod.ts";
import { type DataPathError, GraphRecord } from "./graph-record.ts";
import { Monitor } from "./monitor.ts";
import { Pipeline, type PipelineEvents } from "./pipeline.ts";
import { FunctionHost, type FunctionHostOptions } from "./python/function-host.ts";
import type { FunctionSource } from "./python/wanted-state.ts";
import { packageBytes, readPackages } from "./python/wheels.ts";
import type { DataPathStats, GraphStats, LinkStats } from "./stats.ts";

export type DataPathOptions = FunctionHostOptions;

interface Member {
	readonly record: GraphRecord;
	readonly pipeline: Pipeline;
}

/** An input as its topic's messages reach it. */
interface Reader {
	readonly linkId: number;
	readonly pipeline: Pipeline;
	readonly record: GraphRecord;
	readonly stats: LinkStats;
}

const NO_FUNCTION = { stage: null, digest: null, src: null };
const TOO_DEEP = `malformed data: nested deeper than ${MAX_DATA_NESTING} levels`;
const GLOBALS_RESET = "globals of functions were reset: the function engine was replaced";

/** The ESM: routes data from IDF topics through graphs to ODF topics (`csm.md §5`). */
export class DataPath {
	readonly #options: DataPathOptions;
	readonly #broker: Broker;
	readonly #log: Logger;
	readonly #host: FunctionHost;
	readonly #graphs = new Map<string, Member>();
	readonly #byNumber = new Map<number, Member>();
	/** Topic → link id → input that reads it; graphs that link one feature share its topic. */
	readonly #inputs = new Map<string, Map<number, Reader>>();
	readonly #outputs = new Map<number, { readonly topic: string; readonly stats: LinkStats }>();
	readonly #decoder = new TextDecoder("utf-8", { fatal: true });
	readonly #dropped = new Map<string, number>();
	/** Messages the broker has not taken yet. */
	#publishing = 0;
	#allPublished: (() => void) | undefined;
	#finishing = false;
	#nextNumber = 1;
	#received = 0;
	#published = 0;
	#isWatched = false;

	constructor(options: DataPathOptions, broker: Broker, log: Logger) {
		this.#options = options;
		this.#broker = broker;
		this.#log = log;
		this.#host = new FunctionHost(
			options,
			{
				onOutput: (linkId, json) => this.#publish(linkId, json),
				onPrint: (graph, text) =>
					this.#log.debug("printed", { graph: this.#byNumber.get(graph)?.record.name, text }),
				onReset: (reason) => this.#onReset(reason),
				onMonitor: (graph, json) => this.#byNumber.get(graph)?.record.monitor?.data(json),
				onError: ({ graph, ...error }) => {
					const member = this.#byNumber.get(graph);
					if (member !== undefined) this.#report(member.record, error);
				},
			},
			log,
		);
	}

	/** What went through since the start. */
	get stats(): DataPathStats {
		return {
			received: this.#received,
			published: this.#published,
			dropped: this.#dropped,
			waiting: this.#host.waiting,
			publishing: this.#publishing,
			latency: this.#host.latency,
			engine: this.#host.stats,
		};
	}

	/** What went through a graph; undefined when there is none of that name. */
	statsOf(name: string): GraphStats | undefined {
		return this.#graphs.get(name)?.record;
	}

	/** How many messages of data have arrived since the start, of devices that sent any. */
	senders(): Map<string, number> {
		const senders = new Map<string, number>();
		for (const { record, pipeline } of this.#graphs.values()) {
			for (const { id, name } of pipeline.spec.idfs) {
				const { messages } = record.statsOf(id);
				const [daId] = name;
				if (messages > 0) senders.set(daId, (senders.get(daId) ?? 0) + messages);
			}
		}
		return senders;
	}

	/** Keeps the newest message of every link from now on, or no more: they would hold memory for nobody. */
	watch(isWatched: boolean): void {
		this.#isWatched = isWatched;
		if (isWatched) return;
		for (const { record } of this.#graphs.values()) {
			for (const stats of record.links.values()) stats.last = null;
		}
	}

	/** Why functions do not run at the moment; undefined while they do, or none is wanted. */
	get problem(): string | undefined {
		return this.#host.problem;
	}

	/**
	 * Makes a function for one link or join. Its handle may be used at once.
	 * `ready` rejects with an InputError in Python's words when the source is no good.
	 * @param isPatient Whether to wait while no engine can be started, instead of rejecting.
	 */
	prepare(source: FunctionSource, isPatient = false): { handle: number; ready: Promise<void> } {
		return this.#host.prepare(source, isPatient);
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
		const { pipeline, record } = member;
		const former = pipeline.spec;
		for (const { id } of former.odfs) this.#outputs.delete(id);
		record.keepStats(spec);
		for (const { id, topic } of spec.odfs) {
			this.#outputs.set(id, { topic, stats: record.statsOf(id) });
		}
		pipeline.update(spec);
		if (former.monitorTopic !== spec.monitorTopic) {
			record.monitor?.stop();
			record.monitor = this.#monitorOn(spec.monitorTopic);
		}
		const used = new Set(handlesOf(spec));
		const unused = handlesOf(former).filter((handle) => !used.has(handle));
		if (unused.length > 0) this.#host.release(unused);
		await this.#listen(member, former, spec);
	}

	/** Ends a graph. */
	async remove(name: string): Promise<void> {
		const member = this.#graphs.get(name);
		if (member === undefined) return;
		this.#graphs.delete(name);
		const { pipeline, record } = member;
		this.#byNumber.delete(record.number);
		const former = pipeline.spec;
		for (const { id } of former.odfs) this.#outputs.delete(id);
		record.monitor?.stop();
		pipeline.update(EMPTY_SPEC);
		this.#host.release(handlesOf(former));
		await this.#listen(member, former, EMPTY_SPEC);
	}

	/** Replaces the function engine: all globals start over, quarantines end. */
	restartEngine(): void {
		this.#host.restart();
	}

	/** @throws ConfigError when the engine the options ask for is not there. */
	start(): void {
		this.#host.check();
		if (this.#options.engine !== "embedded") return;
		const { packagesDir, maxMemoryBytes } = this.#options;
		const { problems } = readPackages(packagesDir, packageBytes(maxMemoryBytes));
		for (const problem of problems) this.#log.warn(problem);
	}

	/** Takes no more data and finishes what is queued, publishing included, within the time given. */
	async finish(timeoutMs: number): Promise<void> {
		this.#finishing = true;
		const deadline = performance.now() + timeoutMs;
		const done = await this.#host.drain(timeoutMs);
		if (!done) this.#log.warn("messages were still queued at the end of the time for stopping");
		const left = Math.max(0, deadline - performance.now());
		if (this.#publishing === 0) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#allPublished = resolve;
		const timer = setTimeout(resolve, left);
		await promise;
		clearTimeout(timer);
	}

	/** Stops listening and ends the engine. */
	async stop(): Promise<void> {
		await Promise.all([...this.#inputs.keys()].map((topic) => this.#broker.unsubscribe(topic)));
		this.#inputs.clear();
		await this.#host.stop();
	}

	/** Tells every watched graph that runs in the engine. */
	#onReset(reason: string): void {
		for (const { record, pipeline } of this.#graphs.values()) {
			if (!needsEngine(pipeline.spec)) continue;
			record.monitor?.error({ stage: null, src: null, reason: `${GLOBALS_RESET} (${reason})` });
		}
	}

	#enter(name: string): Member {
		const number = this.#nextNumber++;
		const record = new GraphRecord(name, number, this.#log);
		const events: PipelineEvents = {
			onResult: (result) => {
				if ("json" in result) this.#publish(result.odf.id, result.json);
				else if ("monitor" in result) record.monitor?.data(result.monitor);
				else this.#report(record, { ...NO_FUNCTION, kind: "data", reason: result.problem });
			},
			onDropped: () =>
				this.#report(record, {
					...NO_FUNCTION,
					kind: "queue",
					reason: `more than ${this.#options.queuePerLink} messages wait; the oldest was dropped`,
				}),
		};
		const pipeline = new Pipeline(number, this.#host, events, this.#options.queuePerLink);
		const member = { record, pipeline };
		this.#graphs.set(name, member);
		this.#byNumber.set(number, member);
		return member;
	}

	async #listen(member: Member, former: PipelineSpec, spec: PipelineSpec): Promise<void> {
		const wanted = new Set(spec.idfs.map((idf) => idf.id));
		const known = new Set(former.idfs.map((idf) => idf.id));
		const gone = former.idfs.filter((idf) => !wanted.has(idf.id));
		const added = spec.idfs.filter((idf) => !known.has(idf.id));
		await Promise.all([
			...gone.map(({ id, topic }) => this.#stopReading(id, topic)),
			...added.map(({ id, topic }) => this.#startReading(id, topic, member)),
		]);
	}

	async #startReading(linkId: number, topic: string, { pipeline, record }: Member): Promise<void> {
		const reader: Reader = { linkId, pipeline, record, stats: record.statsOf(linkId) };
		const readers = this.#inputs.get(topic);
		if (readers !== undefined) {
			readers.set(linkId, reader);
			return;
		}
		const first = new Map([[linkId, reader]]);
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

	#receive(readers: ReadonlyMap<number, Reader>, message: BrokerMessage): void {
		// A stored message comes again with every subscription: it is not new data (csm.md §5.3).
		if (message.retained || this.#finishing) return;
		let text: string | undefined;
		try {
			text = this.#decoder.decode(message.payload);
		} catch {}
		// A control character cannot stand in JSON text, and the engine's batches are cut at this one.
		if (text === undefined || text.includes("\x1e")) text = "";
		this.#received += 1;
		const isTooDeep = nestsTooDeep(text, MAX_DATA_NESTING);
		for (const { linkId, pipeline, record, stats } of readers.values()) {
			stats.messages += 1;
			if (isTooDeep) {
				this.#report(record, { ...NO_FUNCTION, kind: "data", reason: TOO_DEEP });
				continue;
			}
			if (this.#isWatched) stats.last = text;
			pipeline.receive(linkId, text);
		}
	}

	#publish(linkId: number, json: string): void {
		const output = this.#outputs.get(linkId);
		if (output === undefined) return;
		this.#published += 1;
		output.stats.messages += 1;
		if (this.#isWatched) output.stats.last = json;
		this.#send(output.topic, json);
	}

	#send(topic: string, message: string): void {
		const sent = this.#broker.publishData(topic, message);
		if (sent === undefined) return;
		this.#publishing += 1;
		void sent
			.catch((error) => this.#log.warn("cannot publish data", { topic, reason: messageOf(error) }))
			.then(() => {
				this.#publishing -= 1;
				if (this.#publishing === 0) this.#allPublished?.();
			});
	}

	#monitorOn(topic: string | null): Monitor | undefined {
		if (topic === null) return undefined;
		return new Monitor((message) => this.#send(topic, message));
	}

	#report(record: GraphRecord, error: DataPathError): void {
		this.#dropped.set(error.kind, (this.#dropped.get(error.kind) ?? 0) + 1);
		record.failed(error);
	}
}
