// What a CSM makes of graph operations, told by csm.md §4 alone: ours, or the original with what §4 and §12 say of it.
import { digestOfSource } from "../../../src/kit/mod.ts";

type Json = Record<string, unknown>;

export interface ModelLink {
	func: unknown;
	depends: unknown;
	input_type: unknown;
	param_no: unknown;
	tag_param_no: unknown;
	error?: string;
}

export interface ModelGraph {
	attached: boolean;
	/** By mode, device and feature, in slot order. */
	links: Map<string, ModelLink>;
	join: { func: unknown; depends: unknown };
}

export interface ModelOptions {
	/** Behaves as the original does. */
	readonly original?: boolean;
	/** Why a source is refused; the original refuses none. */
	readonly judge?: (code: string) => string | undefined;
	/** Graphs that may be attached at once. */
	readonly maxGraphs?: number;
	/** Whether a device is registered; the original does not answer about others. */
	readonly knows?: (daId: string) => boolean;
}

/** Thrown for a refusal. */
class Refusal extends Error {}

/** A CSM without devices, engine and wire. */
export class CsmModel {
	readonly graphs = new Map<string, ModelGraph>();
	readonly sources = new Map<string, string>();
	/** Keys that went, in any graph, from some reference to none. */
	readonly disconnects: string[] = [];
	maxGraphs: number;
	readonly #options: ModelOptions;

	constructor(options: ModelOptions = {}) {
		this.#options = options;
		this.maxGraphs = options.maxGraphs ?? Number.POSITIVE_INFINITY;
	}

	/** Forgets everything, as the original does at a restart. */
	forget(): void {
		this.graphs.clear();
		this.sources.clear();
	}

	/** The reply; undefined: there is none. */
	handle(graph: string, request: Json): Json | undefined {
		const known = this.graphs.get(graph);
		try {
			if (request.op === "attach") return this.#attach(graph, request);
			if (request.op === "detach") return this.#detach(graph);
			if (known === undefined || !known.attached) throw new Refusal(`Unknown graph id ${graph}`);
			return this.#perform(known, request);
		} catch (error) {
			if (error instanceof Refusal) return { ...request, state: "error", reason: error.message };
			throw error;
		}
	}

	#attach(graph: string, request: Json): Json | undefined {
		const known = this.graphs.get(graph);
		const { maxGraphs } = this;
		const attached = [...this.graphs.values()].filter((one) => one.attached).length;
		if (known?.attached !== true && attached >= maxGraphs) {
			throw new Refusal(`too many graphs: ${maxGraphs} are attached already`);
		}
		if (known?.attached) return this.#options.original ? undefined : { ...request, state: "ok" };
		// The original has left the links behind.
		const links = known?.links ?? new Map();
		this.graphs.set(graph, { attached: true, links, join: { func: null, depends: null } });
		return { ...request, state: "ok" };
	}

	#detach(graph: string): Json | undefined {
		const known = this.graphs.get(graph);
		if (this.#options.original) {
			if (known !== undefined) known.attached = false;
			return undefined;
		}
		this.graphs.delete(graph);
		for (const name of known?.links.keys() ?? []) this.#released(name);
		return { op: "detach", state: "ok" };
	}

	#perform(graph: ModelGraph, request: Json): Json | undefined {
		switch (request.op) {
			case "add_funcs":
				return this.#addFuncs(request);
			case "add_link":
				return this.#addLink(graph, request);
			case "rm_link": {
				const name = nameOf(request);
				if (!graph.links.delete(name)) throw new Refusal("link unknown");
				this.#released(name);
				return { ...request, state: "ok" };
			}
			case "set_df_func":
				return this.#setDfFunc(graph, request);
			case "set_join":
				return this.#setJoin(graph, request);
			case "get_graph":
				if (!this.#options.original) return getGraph(graph);
		}
		throw new Refusal(`unknown op: \`${request.op}\``);
	}

	#addFuncs({ codes, digests }: Json): Json {
		if (!Array.isArray(codes) || !Array.isArray(digests)) throw new Refusal("Field 'codes' …");
		for (const [index, code] of codes.entries()) {
			if (digestOfSource(code) !== digests[index]) throw new Refusal("function hash mismatched");
			this.sources.set(digests[index], code);
		}
		return { op: "add_funcs", state: "ok", digests };
	}

	#addLink(graph: ModelGraph, request: Json): Json | undefined {
		const name = nameOf(request);
		const known = graph.links.get(name);
		if (known !== undefined && known.error === undefined) throw new Refusal("link already exists");
		this.#checkKnown(request.func, request.depends, "Function unknown. Please add it first.");
		const { func, depends, input_type, param_no, tag_param_no } = request;
		const link: ModelLink = { func, depends, input_type, param_no, tag_param_no };
		const error = this.#judge(func, depends);
		graph.links.set(name, { ...link, ...(error !== undefined && { error }) });
		if (error !== undefined) throw new Refusal(error);
		const { original, knows = () => true } = this.#options;
		if (original && !knows(String(request.da_id))) return undefined;
		return { ...request, state: "ok" };
	}

	#setDfFunc(graph: ModelGraph, request: Json): Json | undefined {
		const { original } = this.#options;
		if (original && request.prev === undefined) return undefined;
		this.#checkKnown(request.new, request.depends, "New function not found");
		const link = graph.links.get(nameOf(request));
		if (link === undefined) throw new Refusal("Unknown link, please add_link first");
		if (request.prev !== undefined && request.prev !== link.func) {
			throw new Refusal("`prev` field mismatch");
		}
		if (original && request.new === null) throw new Refusal("Maybe some error in the functions.");
		const error = this.#judge(request.new, request.depends);
		if (error !== undefined) throw new Refusal(`Maybe some error in the functions. ${error}`);
		link.func = request.new;
		link.depends = request.depends;
		link.input_type = request.input_type ?? (original ? null : link.input_type);
		delete link.error;
		const { op, da_id, idf, odf, depends } = request;
		return { op, da_id, idf, odf, new: request.new, depends: depends ?? null, state: "ok" };
	}

	#setJoin(graph: ModelGraph, request: Json): Json | undefined {
		if (this.#options.original && request.prev === undefined) return undefined;
		this.#checkKnown(request.new, request.depends, "New function not found");
		if (request.prev !== undefined && request.prev !== graph.join.func) {
			throw new Refusal("`prev` field mismatch");
		}
		const error = this.#judge(request.new, request.depends);
		if (error !== undefined) throw new Refusal(error);
		graph.join = { func: request.new, depends: request.depends };
		const { op, prev, depends } = request;
		return { op, prev, new: request.new, depends: depends ?? null, state: "ok" };
	}

	#checkKnown(digest: unknown, depends: unknown, reason: string): void {
		if (typeof digest === "string" && !this.sources.has(digest)) throw new Refusal(reason);
		for (const [alias, helper] of Object.entries(depends ?? {})) {
			if (!this.sources.has(helper)) throw new Refusal(`dependency ${alias} not found`);
		}
	}

	#judge(digest: unknown, depends: unknown): string | undefined {
		if (this.#options.original) return undefined;
		const digests = [digest, ...Object.values(depends ?? {})];
		return digests
			.map((one) => this.#options.judge?.(this.sources.get(String(one)) ?? ""))
			.find((reason) => reason !== undefined);
	}

	#released(name: string): void {
		if (![...this.graphs.values()].some(({ links }) => links.has(name))) {
			this.disconnects.push(name);
		}
	}
}

function getGraph({ links, join }: ModelGraph): Json {
	const entries = [...links].map(([name, link]) => {
		const [mode = "", da_id, ...feature] = name.split(" ");
		return { da_id, [mode]: feature.join(" "), ...link };
	});
	return { op: "get_graph", state: "ok", links: entries, join };
}

function nameOf({ da_id, idf, odf }: Json): string {
	return idf === undefined ? `odf ${da_id} ${odf}` : `idf ${da_id} ${idf}`;
}
