// How to get along with a CSM that cannot tell what a graph holds, as the original cannot (`csm.md §4.9`): by
// remembering what it has confirmed, and by asking for changes that are carried out only if all is as it should be.
import { ActualGraph, type ActualLink, UNKNOWN_JOIN } from "../plan/actual.ts";
import type { GraphSpec } from "../plan/graph-spec.ts";
import { fieldsOfKey, keyOfFields, nameOfKey, type Op, type OpOf } from "../plan/operations.ts";
import type { Peer } from "./peer.ts";
import { linkOf } from "./refusals.ts";

/** How a question ended: yes, no, or without an answer. */
export type Answer = "yes" | "no" | "none";

/** What may be at a blind CSM and is not confirmed. */
export class BlindGraph {
	readonly #graph: string;
	readonly #peer: Peer;
	/** Links an earlier life of this program may have made. */
	readonly #suspects = new Map<string, ActualLink>();
	/** Digests that were asked for as the join. */
	readonly #joinsAsked = new Set<string>();
	/** The one operation that has no answer. */
	#doubted: Op | undefined;
	/** Whether an input was added behind those that may be there. */
	#hasAdded = false;
	/** What was wanted when the program began: CSM was left like that. */
	#first: { readonly spec: GraphSpec | undefined } | undefined;
	/** Text of it, while there are suspects. */
	#left = "";

	constructor(graph: string, peer: Peer) {
		this.#graph = graph;
		this.#peer = peer;
	}

	/** Notes what is wanted before CSM could be asked. */
	anticipate(spec: GraphSpec | undefined): void {
		this.#first ??= { spec };
	}

	/** CSM does not have the graph. */
	clear(): void {
		this.#first = undefined;
		this.#suspects.clear();
		this.#doubted = undefined;
		this.#hasAdded = false;
	}

	/** CSM has the graph, and nothing is known of it: it may hold all that is wanted, or something else. */
	firstSight(spec: GraphSpec | undefined): ActualGraph {
		// It was not there a moment ago.
		const isNew = this.#doubted?.op === "attach";
		const left = this.#first === undefined ? spec : this.#first.spec;
		this.clear();
		this.#left = textOf(left);
		if (isNew) return new ActualGraph(true);
		for (const want of left?.links ?? []) this.#suspects.set(nameOfKey(want.key), suspect(want));
		const graph = new ActualGraph(true);
		graph.join = UNKNOWN_JOIN;
		return graph;
	}

	/**
	 * Whether links that may be there can be taken over: while what was left behind is still what is wanted. Nothing
	 * tells the slots of other ones, nor whether they exist.
	 */
	mayTakeOver(spec: GraphSpec | undefined): boolean {
		return this.#suspects.size === 0 || textOf(spec) === this.#left;
	}

	onAsk(op: Op): void {
		if (op.op === "set_join" && op.new !== null) this.#joinsAsked.add(op.new);
	}

	onDone(op: Op): void {
		if (op.op === "add_link" && op.idf !== undefined && this.#suspects.size > 0) {
			this.#hasAdded = true;
		}
		this.onTakenOver(op);
	}

	onTakenOver(op: Op): void {
		this.#suspects.delete(linkOf(op) ?? "");
	}

	/** No answer came: it may have been carried out. */
	onLost(op: Op): void {
		this.#doubted = op;
	}

	/** Asks again for what has no answer: whether it is done now or was before comes to the same. */
	async resolveDoubt(actual: ActualGraph): Promise<Answer> {
		const op = this.#doubted;
		if (op === undefined) return "yes";
		const isReplayed = this.#suspects.has(linkOf(op) ?? "");
		// What brings its sources or its questions with it is planned again anyway.
		if (op.op === "attach" || op.op === "detach" || op.op === "add_funcs" || isReplayed) {
			this.#doubted = undefined;
			return "yes";
		}
		const { kind } = await this.#peer.ask(this.#graph, { ...op });
		if (kind === "lost") return "none";
		this.#doubted = undefined;
		// A mismatch: `new` is in force already, `prev` no longer is.
		if (kind === "done" || kind === "already" || kind === "mismatch") actual.apply(op);
		return "yes";
	}

	/** Whether a link that exists is the one that is wanted. */
	async adopts(op: OpOf<"add_link">): Promise<Answer> {
		const { key, ...fields } = suspectOf(op);
		if (key !== undefined) this.#suspects.set(nameOfKey(key), { key, ...fields });
		// Inputs that were there are in front of those that were added, whatever order is wanted.
		if (op.idf !== undefined && this.#hasAdded) return "no";
		const { op: _, func, param_no, tag_param_no, ...rest } = op;
		// `prev` and `new` are the same, so that nothing changes.
		const probe = { ...rest, op: "set_df_func", prev: func, new: func };
		const { kind } = await this.#peer.ask(this.#graph, probe);
		if (kind === "lost") return "none";
		// The original cannot set "no function", but it refuses that only after it has looked at `prev`.
		return kind === "done" || (kind === "refused" && func === null) ? "yes" : "no";
	}

	/** Takes away all links that may be there. */
	async removeAll(spec: GraphSpec | undefined, actual: ActualGraph): Promise<Answer> {
		const wanted = spec?.links.map((want) => suspect(want)) ?? [];
		const all = [...this.#suspects.values(), ...actual.links.values(), ...wanted];
		for (const { key } of new Map(all.map((link) => [nameOfKey(link.key), link])).values()) {
			const op = { op: "rm_link", ...fieldsOfKey(key) } as const;
			const { kind } = await this.#peer.ask(this.#graph, op);
			if (kind === "lost") {
				this.#doubted = op;
				return "none";
			}
			actual.apply(op);
			this.#suspects.delete(nameOfKey(key));
		}
		this.#hasAdded = false;
		return "yes";
	}

	/** Sets the join, whichever of those that may be there is. */
	async replaceJoin(op: OpOf<"set_join">): Promise<Answer> {
		for (const prev of [null, op.new, ...this.#joinsAsked]) {
			const { kind } = await this.#peer.ask(this.#graph, { ...op, prev });
			if (kind === "done") return "yes";
			if (kind === "lost") return "none";
			if (kind !== "mismatch") return "no";
		}
		return "no";
	}
}

/** Equal specifications have equal texts. */
function textOf(spec: GraphSpec | undefined): string {
	const links = spec?.links.map(({ key, func, ...rest }) => [key, func.use, rest]);
	return JSON.stringify([links, spec?.inputs, spec?.join]);
}

function suspectOf(op: OpOf<"add_link">) {
	return {
		key: keyOfFields(op),
		func: { digest: op.func, depends: op.depends },
		inputType: op.input_type ?? [],
		paramNo: op.param_no,
		tagParamNo: op.tag_param_no,
		error: null,
	};
}

function suspect({
	key,
	func,
	inputType,
	paramNo,
	tagParamNo,
}: GraphSpec["links"][number]): ActualLink {
	return { key, func: func.use, inputType, paramNo, tagParamNo, error: null };
}
