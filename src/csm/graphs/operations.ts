import { type GraphKey, REQUESTS, type Request, readFields } from "../../contract/mod.ts";
import { InputError, messageOf } from "../../kit/mod.ts";
import type { Monitor } from "../../store/mod.ts";
import type { Reply } from "../api-listener.ts";
import { Changes, type ChangesDeps } from "./changes.ts";
import { checkPrev, newUse, unlessRefused } from "./function-choice.ts";
import { LinkOperations } from "./link-operations.ts";
import { type LiveGraph, NO_FUNCTION, nameOf, shapeOf } from "./live-graph.ts";

/**
 * The operations of the graph API (`csm.md §4`). Each checks everything, then changes the database
 * in one transaction, then what runs; it throws an InputError with the contract's reason when it
 * changed nothing. The caller runs those of one graph one at a time.
 */
export class Operations {
	readonly #deps: ChangesDeps;
	readonly #changes: Changes;
	readonly links: LinkOperations;
	readonly #limits: { readonly maxGraphs: number };
	readonly #graphs = new Map<string, LiveGraph>();

	/** @param limits `maxGraphs`: graphs that may be attached at a time. */
	constructor(limits: { readonly maxGraphs: number }, deps: ChangesDeps) {
		this.#limits = limits;
		this.#deps = deps;
		this.#changes = new Changes(deps);
		this.links = new LinkOperations(deps, this.#changes);
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
			const join = { use: NO_FUNCTION, handle: null, asked: null };
			const graph = { key, join, monitor: { topic: null, on: false }, links: [] };
			this.#graphs.set(nameOf(key), graph);
		}
		return { ...request, state: "ok" };
	}

	async detach(key: GraphKey): Promise<Reply> {
		const graph = this.get(key);
		if (graph !== undefined) {
			await this.#changes.commit(
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

	async setJoin(graph: LiveGraph, request: Request): Promise<Reply> {
		const fields = readFields(REQUESTS.set_join, request);
		await unlessRefused(
			async () => {
				const use = newUse(this.#deps.sources, fields);
				checkPrev(fields.prev, graph.join.use, graph.join.asked);
				const prepared = await this.#deps.sources.prepare(use);
				await this.#changes.commit(
					({ graphs }) => graphs.setJoin(graph.key, use),
					() => {
						graph.join = { use, handle: prepared.handle, asked: null };
						return [this.#changes.run(graph)];
					},
					prepared,
				);
			},
			() => this.#joinAskedFor(graph, fields.new),
		);
		const { prev, depends } = fields;
		return { op: "set_join", prev, new: fields.new, depends: depends ?? null, state: "ok" };
	}

	/** Links in slot order and the join, values as given (`csm.md §4.9`). */
	getGraph({ links, join }: LiveGraph): Reply {
		return {
			op: "get_graph",
			state: "ok",
			links: links.map(({ record }) => ({
				da_id: record.daId,
				[record.mode]: record.feature,
				func: record.func.digest,
				depends: record.func.depends,
				input_type: record.inputType,
				param_no: record.paramNo,
				tag_param_no: record.tagParamNo,
				...(record.error !== null && { error: record.error }),
			})),
			join: { func: join.use.digest, depends: join.use.depends },
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
		await this.#changes.commit(
			({ graphs }) => graphs.setMonitor(graph.key, monitor),
			() => {
				graph.monitor = monitor;
				return [this.#changes.run(graph)];
			},
		);
	}

	/** Remembers what a refused request asked for: `prev` of the next one may be that. */
	async #joinAskedFor(graph: LiveGraph, digest: string | null): Promise<void> {
		const { use, asked } = graph.join;
		if (digest === (asked === null ? use.digest : asked.digest)) return;
		graph.join = { ...graph.join, asked: { digest } };
		await this.#deps.store
			.write(({ graphs }) => graphs.setJoinAsked(graph.key, digest))
			.catch((error) => {
				const fields = { graph: nameOf(graph.key), reason: messageOf(error) };
				this.#deps.log.warn("cannot store what is known of a join", fields);
			});
	}
}
