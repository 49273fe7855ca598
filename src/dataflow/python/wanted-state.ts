import { InputError, SourceError } from "../../kit/mod.ts";
import type { GraphSpec, LinkName, PrepareRequest } from "./protocol.ts";

/** A source to become a function: its own globals, helpers reachable as `iot.<alias>`. */
export interface FunctionSource {
	readonly digest: string;
	readonly code: string;
	readonly helpers: readonly { alias: string; digest: string; code: string }[];
}

/** A function that is being made. */
export interface Made {
	/** May be used at once. */
	readonly handle: number;
	/** Rejects when the source cannot be used. */
	readonly ready: Promise<void>;
}

interface Prepared {
	request: PrepareRequest;
	/** Settles once it is known whether the source is good; undefined from then on. */
	verdict: PromiseWithResolvers<void> | undefined;
	readonly isPatient: boolean;
}

/** A first number, and each so many further. */
export interface HandleRange {
	readonly first: number;
	readonly step: number;
}

/** Functions and graphs as they should be in the engine, so that a new one can be given all of them. */
export class WantedState {
	readonly #functions = new Map<number, Prepared>();
	readonly #graphs = new Map<number, GraphSpec>();
	readonly #graphOfLink = new Map<number, number>();
	#nextHandle: number;
	readonly #handleStep: number;
	/** Was being made as an engine ended. */
	#suspect: number | undefined;
	#maxSourceChars = 0;
	#maxOutputs = 0;

	/** @param handles The numbers of its functions, which are those of no other state. */
	constructor({ first, step }: HandleRange = { first: 1, step: 1 }) {
		this.#nextHandle = first;
		this.#handleStep = step;
	}

	/** Characters of the longest source so far. */
	get maxSourceChars(): number {
		return this.#maxSourceChars;
	}

	/** Outputs of the graph that had most of them so far. */
	get maxOutputs(): number {
		return this.#maxOutputs;
	}

	/** Handles of all functions, the suspect and then the oldest first. */
	get handles(): number[] {
		const [suspect, all] = [this.#suspect, [...this.#functions.keys()]];
		if (suspect === undefined || !this.#functions.has(suspect)) return all;
		return [suspect, ...all.filter((handle) => handle !== suspect)];
	}

	/** An engine ended as it made the function, after it had run others: the next one makes it first of all. */
	suspect(handle: number): void {
		this.#suspect = handle;
	}

	/** Number of functions. */
	get functions(): number {
		return this.#functions.size;
	}

	/**
	 * Adds a function; `ready` settles with its verdict (see {@link judge}).
	 * @param isPatient Whether the verdict may take as long as no engine can be started.
	 */
	add(source: FunctionSource, isPatient = false): Made {
		const handle = this.#nextHandle;
		this.#nextHandle += this.#handleStep;
		for (const { code } of [source, ...source.helpers]) {
			this.#maxSourceChars = Math.max(this.#maxSourceChars, code.length);
		}
		const verdict = Promise.withResolvers<void>();
		const request = { handle, ...source, broken: null };
		this.#functions.set(handle, { request, verdict, isPatient });
		return { handle, ready: verdict.promise };
	}

	/** What the engine needs to know to make the function; undefined when it is not wanted any more. */
	requestOf(handle: number): PrepareRequest | undefined {
		return this.#functions.get(handle)?.request;
	}

	/** Forgets functions. */
	release(handles: readonly number[]): void {
		for (const handle of handles) this.#functions.delete(handle);
	}

	/**
	 * Says whether an engine could make the function.
	 * @param reason Why not, in Python's words; null when it could.
	 * @returns the digest of a function that was good before and is not in this engine; undefined otherwise.
	 */
	judge(handle: number, reason: string | null): string | undefined {
		const prepared = this.#functions.get(handle);
		if (prepared === undefined) return undefined;
		const { verdict } = prepared;
		prepared.verdict = undefined;
		if (reason === null) verdict?.resolve();
		else if (verdict !== undefined) {
			// Links that are kept in spite of it report the reason; no other engine need try again.
			this.break(handle, reason);
			verdict.reject(new SourceError(reason));
		} else if (prepared.request.broken === null) return prepared.request.digest;
		return undefined;
	}

	/** The source ended an engine: no further one runs it, calls report the reason. */
	break(handle: number, reason: string): void {
		const prepared = this.#functions.get(handle);
		if (prepared === undefined) return;
		prepared.request = { ...prepared.request, broken: reason };
	}

	/** Lets later engines run sources again that ended one. */
	mend(): void {
		for (const prepared of this.#functions.values()) {
			prepared.request = { ...prepared.request, broken: null };
		}
	}

	/** Rejects the open verdicts of those that are not patient; the functions stay until they are released. */
	failOpen(reason: string): void {
		for (const prepared of this.#functions.values()) {
			if (prepared.isPatient) continue;
			prepared.verdict?.reject(new InputError(reason));
			prepared.verdict = undefined;
		}
	}

	/**
	 * Sets a graph.
	 * @param isTold Whether an engine is told at once; its slots are old news to a later one.
	 * @returns the graph as it was.
	 */
	declare(spec: GraphSpec, isTold: boolean): GraphSpec | undefined {
		const former = this.#graphs.get(spec.graph);
		for (const { id } of former?.idfs ?? []) this.#graphOfLink.delete(id);
		this.#graphs.set(spec.graph, isTold ? withoutSlots(spec) : spec);
		this.#maxOutputs = Math.max(this.#maxOutputs, spec.odfs.length);
		for (const { id } of spec.idfs) this.#graphOfLink.set(id, spec.graph);
		return former;
	}

	/** Forgets a graph and gives back what it was. */
	drop(graph: number): GraphSpec | undefined {
		const spec = this.#graphs.get(graph);
		this.#graphs.delete(graph);
		for (const { id } of spec?.idfs ?? []) this.#graphOfLink.delete(id);
		return spec;
	}

	/** All graphs, for a new engine that is told now: the only one that gets the slots they moved in with. */
	takeGraphs(): GraphSpec[] {
		const specs = [...this.#graphs.values()];
		for (const spec of specs) this.#graphs.set(spec.graph, withoutSlots(spec));
		return specs;
	}

	/** Device and feature of an input. */
	nameOf(linkId: number): LinkName | undefined {
		const spec = this.#graphs.get(this.#graphOfLink.get(linkId) ?? 0);
		return spec?.idfs.find(({ id }) => id === linkId)?.name;
	}

	/** Number of the graph an input belongs to. */
	graphOf(linkId: number): number | undefined {
		return this.#graphOfLink.get(linkId);
	}
}

function withoutSlots(spec: GraphSpec): GraphSpec {
	return { ...spec, idfs: spec.idfs.map((idf) => ({ ...idf, slot: null })) };
}
