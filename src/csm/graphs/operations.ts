import { InputError } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import type {
	FunctionUse,
	GraphKey,
	LinkKey,
	LinkSettings,
	Monitor,
	Store,
} from "../../store/store.ts";
import type { Reply } from "../api-listener.ts";
import type { Request } from "../envelope.ts";
import type { FunctionSources, PreparedUse } from "./function-sources.ts";
import {
	type DataPathPort,
	findLink,
	type LiveGraph,
	NO_FUNCTION,
	nameOf,
	shapeOf,
} from "./live-graph.ts";
import { checkNewLinkKey, REQUESTS, readFields, readLinkKey } from "./requests.ts";

/** What csm/graphs asks of the control channels; `csm/devices` fulfils it. */
export interface SignalsPort {
	attach(key: LinkKey, topic: string): Promise<void>;
	detach(key: LinkKey): Promise<void>;
}

export interface OperationsDeps {
	readonly store: Store;
	readonly sources: FunctionSources;
	readonly dataPath: DataPathPort;
	readonly signals: SignalsPort;
	readonly log: Logger;
}

/**
 * The operations of the graph API (`csm.md §4`). Each checks everything, then changes the database
 * in one transaction, then what runs; it throws an InputError with the contract's reason when it
 * changed nothing. The caller runs those of one graph one at a time.
 */
export class Operations {
	readonly #deps: OperationsDeps;
	readonly #limits: { readonly maxGraphs: number };
	readonly #graphs = new Map<string, LiveGraph>();

	/** @param limits `maxGraphs`: graphs that may be attached at a time. */
	constructor(limits: { readonly maxGraphs: number }, deps: OperationsDeps) {
		this.#limits = limits;
		this.#deps = deps;
	}

	list(): LiveGraph[] {
		return [...this.#graphs.values()];
	}

	/** Keys of the graphs a client has attached. */
	keysOf(client: string): GraphKey[] {
		return [...this.#graphs.values()].map(({ key }) => key).filter((key) => key.client === client);
	}

	get(key: GraphKey): LiveGraph | undefined {
		return this.#graphs.get(nameOf(key));
	}

	/** Takes over a stored graph: its data flows again without anyone calling. */
	async restore(graph: LiveGraph): Promise<void> {
		this.#graphs.set(nameOf(graph.key), graph);
		await this.#deps.dataPath.set(nameOf(graph.key), shapeOf(graph));
		for (const { record, topic } of graph.links) {
			await this.#deps.signals.attach(record, topic);
		}
	}

	async attach(key: GraphKey, request: Request): Promise<Reply> {
		if (this.get(key) === undefined) {
			const { maxGraphs } = this.#limits;
			if (this.#graphs.size >= maxGraphs) {
				throw new InputError(`too many graphs: ${maxGraphs} are attached already`);
			}
			await this.#deps.store.write(({ graphs }) => graphs.add(key));
			const join = { use: NO_FUNCTION, handle: null };
			const graph = { key, join, monitor: { topic: null, on: false }, links: [] };
			this.#graphs.set(nameOf(key), graph);
		}
		return { ...request, state: "ok" };
	}

	async detach(key: GraphKey): Promise<Reply> {
		const graph = this.get(key);
		if (graph !== undefined) {
			await this.#commit(
				({ graphs }) => graphs.remove(key),
				(unused) => {
					this.#graphs.delete(nameOf(key));
					const ended = this.#deps.dataPath.remove(nameOf(key));
					return [ended, ...unused.map((link) => this.#deps.signals.detach(link))];
				},
			);
		}
		return { op: "detach", state: "ok" };
	}

	async addFuncs(request: Request): Promise<Reply> {
		const { codes, digests } = readFields(REQUESTS.add_funcs, request);
		if (request.aliases !== undefined) this.#deps.log.warn("add_funcs: `aliases` is ignored");
		await this.#deps.sources.add(codes, digests);
		return { op: "add_funcs", state: "ok", digests };
	}

	async rmFuncs(request: Request): Promise<Reply> {
		const { digests } = readFields(REQUESTS.rm_funcs, request);
		await this.#deps.sources.remove(digests);
		return { op: "rm_funcs", state: "ok", digests };
	}

	async addLink(graph: LiveGraph, request: Request): Promise<Reply> {
		const key = readLinkKey(request);
		checkNewLinkKey(key);
		const fields = readFields(REQUESTS.add_link, request);
		if (findLink(graph, key) !== undefined) throw new InputError("link already exists");
		const use = useOf(fields.func || null, fields.depends);
		if (use.digest !== null && !this.#deps.sources.knows(use.digest)) {
			throw new InputError("Function unknown. Please add it first.");
		}
		for (const [alias, digest] of Object.entries(fields.depends ?? {})) {
			if (!this.#deps.sources.knows(digest)) throw new InputError(`dependency ${alias} not found`);
		}
		const settings: LinkSettings = {
			func: use,
			inputType: fields.input_type ?? null,
			paramNo: fields.param_no ?? null,
			tagParamNo: fields.tag_param_no ?? 0,
		};
		const prepared = await this.#deps.sources.prepare(use);
		await this.#commit(
			({ graphs }) =>
				graphs.addLink(graph.key, key, settings, `iottalk/esm/${crypto.randomUUID()}`),
			({ id, topic, first }) => {
				const record = { ...graph.key, ...key, ...settings, id };
				graph.links = [...graph.links, { record, topic, handle: prepared.handle }];
				return [this.#run(graph), first && this.#deps.signals.attach(key, topic)];
			},
			prepared,
		);
		return { ...request, state: "ok" };
	}

	async rmLink(graph: LiveGraph, request: Request): Promise<Reply> {
		const key = readLinkKey(request);
		const link = findLink(graph, key);
		if (link === undefined) throw new InputError("link unknown");
		await this.#commit(
			({ graphs }) => graphs.removeLink(link.record.id, key),
			(last) => {
				graph.links = graph.links.filter((other) => other !== link);
				return [this.#run(graph), last && this.#deps.signals.detach(key)];
			},
		);
		return { ...request, state: "ok" };
	}

	async setJoin(graph: LiveGraph, request: Request): Promise<Reply> {
		const fields = readFields(REQUESTS.set_join, request);
		const use = this.#newUse(fields);
		checkPrev(fields.prev, graph.join.use);
		const prepared = await this.#deps.sources.prepare(use);
		await this.#commit(
			({ graphs }) => graphs.setJoin(graph.key, use),
			() => {
				graph.join = { use, handle: prepared.handle };
				return [this.#run(graph)];
			},
			prepared,
		);
		const { prev, depends } = fields;
		return { op: "set_join", prev, new: fields.new, depends: depends ?? null, state: "ok" };
	}

	async setDfFunc(graph: LiveGraph, request: Request): Promise<Reply> {
		const key = readLinkKey(request);
		const fields = readFields(REQUESTS.set_df_func, request);
		const use = this.#newUse(fields);
		const link = findLink(graph, key);
		if (link === undefined) throw new InputError("Unknown link, please add_link first");
		checkPrev(fields.prev, link.record.func);
		const prepared = await this.#deps.sources.prepare(use).catch((error) => {
			if (!(error instanceof InputError)) throw error;
			throw new InputError(`Maybe some error in the functions. ${error.message}`);
		});
		const inputType = fields.input_type === undefined ? link.record.inputType : fields.input_type;
		await this.#commit(
			({ graphs }) => graphs.setLinkFunction(link.record.id, use, inputType),
			() => {
				const record = { ...link.record, func: use, inputType };
				const changed = { ...link, record, handle: prepared.handle };
				graph.links = graph.links.map((other) => (other === link ? changed : other));
				return [this.#run(graph)];
			},
			prepared,
		);
		return {
			op: "set_df_func",
			da_id: request.da_id,
			[key.mode]: key.feature,
			new: fields.new,
			depends: fields.depends ?? null,
			state: "ok",
		};
	}

	/** One topic for as long as the graph lives; starting again gives the same (`csm.md §4.8`). */
	async startMonitor(graph: LiveGraph, request: Request): Promise<Reply> {
		const topic = graph.monitor.topic ?? `iottalk/monitor/${crypto.randomUUID()}`;
		await this.#setMonitor(graph, { topic, on: true });
		return { ...request, monitor_topics: topic, state: "ok" };
	}

	async stopMonitor(graph: LiveGraph, request: Request): Promise<Reply> {
		await this.#setMonitor(graph, { ...graph.monitor, on: false });
		return { ...request, state: "ok" };
	}

	async #setMonitor(graph: LiveGraph, monitor: Monitor): Promise<void> {
		if (monitor.on === graph.monitor.on) return;
		await this.#commit(
			({ graphs }) => graphs.setMonitor(graph.key, monitor),
			() => {
				graph.monitor = monitor;
				return [this.#run(graph)];
			},
		);
	}

	/** The use `new` and `depends` name (`csm.md §4.6`). */
	#newUse(fields: { new: string | null; depends?: Record<string, string> | null }): FunctionUse {
		const { sources } = this.#deps;
		if (fields.new !== null && !sources.knows(fields.new)) {
			throw new InputError("New function not found");
		}
		for (const [alias, digest] of Object.entries(fields.depends ?? {})) {
			if (sources.knows(digest)) continue;
			throw new InputError(`dependency ${alias}(${digest}) unknown, please add it first`);
		}
		return useOf(fields.new, fields.depends);
	}

	/**
	 * Runs one transaction and, in the order of commits, the change of what runs; resolves when both
	 * are done. With a prepared function its sources are kept, and it is discarded when nothing came of it.
	 */
	async #commit<T>(
		work: (store: Store) => T,
		apply: (result: T) => (Promise<void> | false)[],
		prepared?: PreparedUse,
	): Promise<void> {
		let applying: (Promise<void> | false)[] = [];
		try {
			await this.#deps.store.write(
				(store) => {
					if (prepared !== undefined) store.functions.keep(prepared.sources, Date.now());
					const result = work(store);
					store.functions.sweep();
					return result;
				},
				(result) => {
					applying = apply(result);
				},
			);
		} catch (error) {
			if (prepared !== undefined) this.#deps.sources.discard(prepared);
			throw error;
		}
		await Promise.all(applying);
	}

	#run(graph: LiveGraph): Promise<void> {
		return this.#deps.dataPath.set(nameOf(graph.key), shapeOf(graph));
	}
}

function useOf(
	digest: string | null,
	depends: Readonly<Record<string, string>> | null | undefined,
): FunctionUse {
	return digest === null ? NO_FUNCTION : { digest, depends: depends ?? {} };
}

/** `prev` absent = do not check; null = there must be no function (`csm.md §4.6`). */
function checkPrev(prev: string | null | undefined, current: FunctionUse): void {
	if (prev !== undefined && prev !== current.digest) throw new InputError("`prev` field mismatch");
}
