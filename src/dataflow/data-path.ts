import { EMPTY_SPEC, handlesOf, needsEngine, type PipelineSpec } from "../contract/mod.ts";
import { type Logger, MAX_DATA_NESTING, nestsTooDeep } from "../kit/mod.ts";
import type { BrokerMessage, DataSink, DataSource, MqttPort, Qos } from "../mqtt/mod.ts";
import { causeOf } from "./cause.ts";
import type { DataSenderOptions } from "./data-sender.ts";
import { Engines, type EnginesOptions } from "./engines.ts";
import { type DataPort, GraphChannels } from "./graph-channels.ts";
import { type DataPathError, GraphRecord } from "./graph-record.ts";
import { type GraphEntry, GraphTable, type InputGoneListener } from "./graph-table.ts";
import { Monitor } from "./monitor.ts";
import { textOf } from "./payload-text.ts";
import { Pipeline, type PipelineEvents } from "./pipeline.ts";
import type { FunctionSource, Made } from "./python/wanted-state.ts";
import type { DataPathStats, GraphStats } from "./stats.ts";
import type { Readers } from "./topic-readers.ts";

export type DataPathOptions = EnginesOptions &
	DataSenderOptions & {
		/** Where a graph's data comes from and goes to, asked when it is added; without it, the broker. */
		readonly portOf?: (graph: string) => DataPort;
	};

const NO_FUNCTION = { stage: null, digest: null, src: null };
const TOO_DEEP = `malformed data: nested deeper than ${MAX_DATA_NESTING} levels`;
const GLOBALS_RESET = "globals of functions were reset: the function engine was replaced";

/** The ESM: routes data from IDF topics through graphs to ODF topics (`csm.md §5`). */
export class DataPath {
	readonly engines: Engines;
	readonly #options: DataPathOptions;
	readonly #broker: DataSource;
	readonly #log: Logger;
	readonly #graphs = new GraphTable();
	readonly #channels: GraphChannels;
	readonly #decoder = new TextDecoder("utf-8", { fatal: true });
	readonly #dropped = new Map<string, number>();
	#isFinishing = false;
	#received = 0;
	#published = 0;
	#isWatched = false;

	constructor(options: DataPathOptions, broker: MqttPort & DataSink & DataSource, log: Logger) {
		this.#broker = broker;
		this.#options = options;
		this.#log = log;
		this.#channels = new GraphChannels(options, {
			...{ port: broker, log },
			onMessage: (readers, message) => this.#receive(readers, message),
		});
		this.engines = new Engines(
			options,
			{
				onOutput: (linkId, json, qos) => this.#publish(linkId, json, qos),
				onPrint: (graph, text) =>
					this.#log.debug("printed", { graph: this.#graphs.numbered(graph)?.record.name, text }),
				onReset: (isOfEngine, reason) => this.#onReset(isOfEngine, reason),
				onAwaited: (isAwaited) => broker.holdData(isAwaited),
				onMonitor: (graph, json) => this.#graphs.numbered(graph)?.record.monitor?.data(() => json),
				onRecordReady: (graph) => {
					const record = this.#graphs.numbered(graph)?.record;
					record?.monitor?.data(() => this.engines.of(record.name).takeRecord(graph));
				},
				onError: ({ graph, ...error }) => {
					const entry = this.#graphs.numbered(graph);
					if (entry !== undefined) this.#report(entry.record, error);
				},
			},
			{
				ofOutput: (linkId) => this.#graphs.output(linkId)?.graph,
				ofNumber: (graph) => this.#graphs.numbered(graph)?.record.name,
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
			publishing: this.#channels.pending,
			...this.engines.stats,
		};
	}

	/** What went through a graph; undefined when there is none of that name. */
	statsOf(name: string): GraphStats | undefined {
		return this.#graphs.get(name)?.record;
	}

	/** How many messages have come over the inputs there are now, by device; of others {@link onInputGone} tells. */
	senders(): Map<string, number> {
		return this.#graphs.senders();
	}

	/** Hears how many messages a device had sent over an input that is gone, unless there were none. */
	onInputGone(listener: InputGoneListener): void {
		this.#graphs.onInputGone(listener);
	}

	/** Whether to keep the newest message of every link: only while it is shown, since it takes memory. */
	watch(isWatched: boolean): void {
		this.#isWatched = isWatched;
		if (!isWatched) this.#graphs.forgetNewest();
	}

	/**
	 * Makes a function for one link or join of a graph. Its handle may be used at once.
	 * `ready` rejects with an InputError in Python's words when the source cannot be used.
	 * @param isPatient Whether to wait while no engine can be started, instead of rejecting.
	 */
	prepare(graph: string, source: FunctionSource, isPatient = false): Made {
		return this.engines.of(graph).prepare(source, isPatient);
	}

	/** Forgets a function that was prepared but is not going to be used. */
	discard(handle: number): void {
		this.engines.ofHandle(handle).release([handle]);
	}

	/**
	 * Sets the wanted state of a graph, in place; resolves when its inputs are listened to.
	 * Functions the graph used before and does not any more are forgotten.
	 */
	async set(name: string, spec: PipelineSpec): Promise<void> {
		const entry = this.#graphs.get(name) ?? this.#add(name);
		const { pipeline, record } = entry;
		const former = pipeline.spec;
		this.#graphs.follow(entry, former, spec);
		pipeline.update(spec);
		if (former.monitorTopic !== spec.monitorTopic) {
			record.monitor?.stop();
			record.monitor = this.#monitorOn(name, spec.monitorTopic);
		}
		record.monitor?.setInterval(spec.monitorIntervalMs);
		const unused = new Set(handlesOf(former)).difference(new Set(handlesOf(spec)));
		if (unused.size > 0) this.engines.of(name).release([...unused]);
		await this.#channels.of(name).readers.follow(entry, former, spec);
	}

	/** Ends a graph. */
	async remove(name: string): Promise<void> {
		const entry = this.#graphs.get(name);
		if (entry === undefined) return this.engines.forget(name);
		this.#graphs.remove(entry);
		const { pipeline, record } = entry;
		const former = pipeline.spec;
		record.monitor?.stop();
		pipeline.update(EMPTY_SPEC);
		const unused = handlesOf(former);
		if (unused.length > 0) this.engines.of(name).release(unused);
		this.engines.forget(name);
		const { readers } = this.#channels.of(name);
		this.#channels.release(name);
		await readers.follow(entry, former, EMPTY_SPEC);
	}

	/** @throws ConfigError when the engine the options ask for is not there. */
	start(): void {
		for (const problem of this.engines.check()) this.#log.warn(problem);
	}

	/** Takes no more data and finishes what is queued, publishing included, within the time given. */
	async finish(timeoutMs: number): Promise<void> {
		this.#isFinishing = true;
		this.#broker.finishData();
		const deadline = performance.now() + timeoutMs;
		const done = await this.engines.drain(timeoutMs);
		if (!done) this.#log.warn("stop timeout reached with messages still queued");
		await this.#channels.settle(Math.max(0, deadline - performance.now()));
	}

	/** Stops listening and ends the engine. */
	async stop(): Promise<void> {
		await this.#channels.stop();
		await this.engines.stop();
	}

	/** Tells every watched graph that runs in the engine. */
	#onReset(isOfEngine: (graph: string) => boolean, reason: string): void {
		for (const { record, pipeline } of this.#graphs.values()) {
			if (!isOfEngine(record.name) || !needsEngine(pipeline.spec)) continue;
			record.monitor?.error({ stage: null, src: null, reason: `${GLOBALS_RESET} (${reason})` });
		}
	}

	#add(name: string): GraphEntry {
		const { queuePerLink, portOf } = this.#options;
		if (portOf !== undefined) this.#channels.use(name, portOf(name));
		const full = `more than ${queuePerLink} messages wait; the oldest was dropped`;
		return this.#graphs.add(name, (number) => {
			const record = new GraphRecord(name, number, this.#log);
			const events: PipelineEvents = {
				onResult: (result, qos) => {
					if ("json" in result) this.#publish(result.odf.id, result.json, qos);
					else if ("record" in result) record.monitor?.data(result.record);
					else this.#report(record, { ...NO_FUNCTION, kind: "data", reason: result.problem });
				},
				onDropped: () => this.#report(record, { ...NO_FUNCTION, kind: "queue", reason: full }),
			};
			const host = () => this.engines.of(name);
			const pipeline = new Pipeline(number, host, events, queuePerLink);
			return { record, pipeline };
		});
	}

	#receive(readers: Readers, message: BrokerMessage): void {
		// A stored message comes again with every subscription: it is not new data (csm.md §5.3).
		if (message.retained) message.done?.();
		if (message.retained || this.#isFinishing) return;
		const text = textOf(message.payload, this.#decoder);
		this.#received += 1;
		const cause = causeOf(message, readers.size);
		const isTooDeep = nestsTooDeep(text, MAX_DATA_NESTING);
		for (const { linkId, pipeline, record, stats } of readers.values()) {
			stats.messages += 1;
			if (!isTooDeep) {
				if (this.#isWatched) stats.last = text;
				pipeline.receive(linkId, text, cause);
				continue;
			}
			this.#report(record, { ...NO_FUNCTION, kind: "data", reason: TOO_DEEP });
			cause.done?.();
		}
	}

	#publish(linkId: number, json: string, qos: Qos): void {
		const output = this.#graphs.output(linkId);
		if (output === undefined) return;
		this.#published += 1;
		output.stats.messages += 1;
		if (this.#isWatched) output.stats.last = json;
		this.#channels.of(output.graph).sender.sendResult(output.topic, json, qos);
	}

	#monitorOn(graph: string, topic: string | null): Monitor | undefined {
		if (topic === null) return undefined;
		const { sender } = this.#channels.of(graph);
		return new Monitor((message) => sender.sendRecord(topic, message));
	}

	#report(record: GraphRecord, error: DataPathError): void {
		this.#dropped.set(error.kind, (this.#dropped.get(error.kind) ?? 0) + 1);
		record.failed(error);
	}
}
