// How to get along with a CSM that cannot tell what a graph holds, as the original cannot (`csm.md §4.9`): by
// remembering what it was asked for and what it has confirmed, over the end of this program too, and by asking for
// changes that are carried out only if all is as it should be.
import type { LinkKey } from "../../contract/mod.ts";
import { digestOfSource } from "../../kit/mod.ts";
import { ActualGraph, UNKNOWN_JOIN } from "../plan/actual.ts";
import type { GraphSpec } from "../plan/graph-spec.ts";
import {
	fieldsOfKey,
	keyOfFields,
	keyOfName,
	nameOfKey,
	type Op,
	type OpOf,
} from "../plan/operations.ts";
import type { GraphAtCsm } from "../store/port.ts";
import type { Peer } from "./peer.ts";
import { linkOf } from "./refusals.ts";

/** How a question ended: yes, no, or without an answer. */
export type Answer = "yes" | "no" | "none";

/** What may be at a blind CSM and is not confirmed. */
export class BlindGraph {
	readonly #graph: string;
	readonly #peer: Peer;
	/** Links an earlier life of this program may have made. */
	readonly #suspects = new Map<string, LinkKey>();
	/** Digests that were asked for as the join. */
	readonly #joinsAsked = new Set<string>();
	/** The one operation that has no answer. */
	#doubted: Op | undefined;
	/** Whether an input was added behind those that may be there. */
	#hasAdded = false;
	/** What an earlier life has kept of it. */
	#kept: GraphAtCsm | undefined;
	/** Digest of what it was when that life had done all; empty: it had not. */
	#left = "";

	constructor(graph: string, peer: Peer, kept?: GraphAtCsm) {
		this.#graph = graph;
		this.#peer = peer;
		this.#kept = kept;
	}

	/** CSM does not have the graph. */
	clear(): void {
		this.#kept = undefined;
		this.#suspects.clear();
		this.#doubted = undefined;
		this.#hasAdded = false;
	}

	/** CSM has the graph, and cannot tell what it holds: what was kept of it, or a part of that. */
	firstSight(): ActualGraph {
		// It was not there a moment ago.
		const isNew = this.#doubted?.op === "attach";
		const kept = this.#kept;
		this.clear();
		this.#left = kept?.settled ?? "";
		if (isNew) return new ActualGraph(true);
		for (const name of kept?.links ?? []) {
			const key = keyOfName(name);
			if (key !== undefined) this.#suspects.set(name, key);
		}
		const graph = new ActualGraph(true);
		graph.join = UNKNOWN_JOIN;
		return graph;
	}

	/**
	 * Whether links that may be there can be taken over: while what was left behind, with nothing undone, is still what
	 * is wanted. Nothing tells the slots of other ones, nor whether they exist.
	 */
	mayTakeOver(spec: GraphSpec | undefined): boolean {
		return this.#suspects.size === 0 || (spec !== undefined && digestOf(spec) === this.#left);
	}

	/**
	 * What is to be kept of the graph for a later life of this program.
	 * @param isDone Whether nothing is left to do.
	 */
	remains(spec: GraphSpec | undefined, actual: ActualGraph, isDone: boolean): GraphAtCsm {
		const wanted = new Set(spec?.links.map(({ key }) => nameOfKey(key)));
		const others = [...actual.links.keys(), ...this.#suspects.keys()];
		const isAll = isDone && spec !== undefined && others.every((name) => wanted.has(name));
		const links = [...new Set([...wanted, ...others])].sort();
		return { graph: this.#graph, links, settled: isAll ? digestOf(spec) : "" };
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
		const key = keyOfFields(op);
		if (key !== undefined) this.#suspects.set(nameOfKey(key), key);
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
		const known = [...actual.links.values(), ...(spec?.links ?? [])].map(({ key }) => key);
		const all = [...this.#suspects.values(), ...known];
		for (const [name, key] of new Map(all.map((key) => [nameOfKey(key), key]))) {
			const op = { op: "rm_link", ...fieldsOfKey(key) } as const;
			const { kind } = await this.#peer.ask(this.#graph, op);
			if (kind === "lost") {
				this.#doubted = op;
				return "none";
			}
			actual.apply(op);
			this.#suspects.delete(name);
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

/** Equal specifications have equal digests. */
function digestOf({ links, inputs, members, join }: GraphSpec): string {
	const all = links.map(({ key, func, ...rest }) => [key, func.use, rest]);
	const own = members.size === 0 ? [] : [[...members]];
	return digestOfSource(JSON.stringify([all, inputs, join, ...own]));
}
