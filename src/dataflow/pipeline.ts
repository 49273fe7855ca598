import {
	EMPTY_SPEC,
	type IdfSpec,
	needsEngine,
	type PipelineSpec,
	type Slots,
} from "../contract/mod.ts";
import type { Qos } from "../mqtt/mod.ts";
import type { Cause } from "./cause.ts";
import { PassThrough, type PassThroughResult } from "./pass-through.ts";
import type { FunctionHost } from "./python/function-host.ts";
import type { GraphSpec } from "./python/protocol.ts";

/** What a pipeline asks of the function host. */
export type PipelineHost = Pick<FunctionHost, "declare" | "drop" | "push">;

export interface PipelineEvents {
	/** @param qos Of the message the result comes of. */
	onResult: (result: PassThroughResult, qos: Qos) => void;
	/** A waiting message of the link was dropped for a newer one. */
	onDropped: (linkId: number) => void;
}

type Runner =
	| { readonly kind: "direct"; readonly passThrough: PassThrough }
	| { readonly kind: "engine"; readonly host: PipelineHost }
	/** On the way from the engine to direct; messages wait here meanwhile. */
	| { readonly kind: "moving"; readonly waiting: Arrived[] };

interface Arrived {
	readonly linkId: number;
	readonly text: string;
	readonly cause: Cause;
	readonly at?: number;
}

/**
 * One graph's data path. It runs here while it has no functions and in the engine as soon as it
 * has one; a change of place takes the slots along and loses no message.
 */
export class Pipeline {
	readonly #number: number;
	readonly #host: () => PipelineHost;
	readonly #events: PipelineEvents;
	readonly #maxWaiting: number;
	#spec = EMPTY_SPEC;
	#runner: Runner = { kind: "direct", passThrough: new PassThrough(this.#spec, new Map()) };

	/**
	 * @param number The graph's number with the host.
	 * @param host Gives the one that runs the graph's functions; asked when there are some.
	 * @param maxWaiting Messages that may wait while the graph changes place.
	 */
	constructor(
		number: number,
		host: () => PipelineHost,
		events: PipelineEvents,
		maxWaiting: number,
	) {
		this.#number = number;
		this.#host = host;
		this.#events = events;
		this.#maxWaiting = maxWaiting;
	}

	get spec(): PipelineSpec {
		return this.#spec;
	}

	/** Takes the wanted state; inputs that stay keep their slots, functions their globals. */
	update(spec: PipelineSpec): void {
		this.#spec = spec;
		const runner = this.#runner;
		switch (runner.kind) {
			case "direct":
				if (needsEngine(spec)) this.#enterEngine(runner.passThrough.slots);
				else runner.passThrough.update(spec);
				return;
			case "engine":
				if (needsEngine(spec)) runner.host.declare(this.#declaration(new Map()));
				else void this.#leaveEngine(runner.host);
				return;
			case "moving":
		}
	}

	/** Takes one message (JSON text) of an input. */
	receive(linkId: number, text: string, cause: Cause, at?: number): void {
		const runner = this.#runner;
		switch (runner.kind) {
			case "direct": {
				const idf = this.#spec.idfs.find((candidate) => candidate.id === linkId);
				if (idf === undefined) cause.done?.();
				else this.#runDirectly(runner.passThrough, idf, text, cause);
				return;
			}
			case "engine":
				if (!runner.host.push(linkId, text, cause, at)) this.#events.onDropped(linkId);
				return;
			case "moving":
				if (runner.waiting.length >= this.#maxWaiting && cause.isKept !== true) {
					this.#dropOldest(runner.waiting);
				}
				runner.waiting.push({ linkId, text, cause });
		}
	}

	#dropOldest(waiting: Arrived[]): void {
		const at = waiting.findIndex(({ cause }) => cause.isKept !== true);
		for (const { linkId, cause } of at < 0 ? [] : waiting.splice(at, 1)) {
			cause.done?.();
			this.#events.onDropped(linkId);
		}
	}

	#runDirectly(passThrough: PassThrough, idf: IdfSpec, text: string, cause: Cause): void {
		for (const result of passThrough.receive(idf, text)) this.#events.onResult(result, cause.qos);
		cause.done?.();
	}

	#enterEngine(slots: Slots): void {
		const host = this.#host();
		host.declare(this.#declaration(slots));
		this.#runner = { kind: "engine", host };
	}

	async #leaveEngine(host: PipelineHost): Promise<void> {
		const arrived: Arrived[] = [];
		this.#runner = { kind: "moving", waiting: arrived };
		const { slots, waiting } = await host.drop(this.#number);
		const kept = new Map(Object.entries(slots).map(([id, slot]) => [Number(id), slot]));
		if (needsEngine(this.#spec)) this.#enterEngine(kept);
		else this.#runner = { kind: "direct", passThrough: new PassThrough(this.#spec, kept) };
		const ids = new Set(this.#spec.idfs.map(({ id }) => id));
		for (const { linkId, text, cause, at } of [...waiting, ...arrived]) {
			if (ids.has(linkId)) this.receive(linkId, text, cause, at);
			else cause.done?.();
		}
	}

	#declaration(slots: Slots): GraphSpec {
		const { idfs, odfs, join } = this.#spec;
		return {
			graph: this.#number,
			join,
			records: recordsOf(this.#spec),
			idfs: idfs.map((idf) => ({
				id: idf.id,
				name: idf.name,
				func: idf.func,
				input_type: idf.inputType,
				param_no: idf.paramNo,
				tag_param_no: idf.tagParamNo,
				slot: slots.get(idf.id) ?? null,
			})),
			odfs: odfs.map((odf) => ({
				id: odf.id,
				name: odf.name,
				func: odf.func,
				param_no: odf.paramNo,
				tag_param_no: odf.tagParamNo,
			})),
		};
	}
}

function recordsOf({ monitorTopic, monitorIntervalMs }: PipelineSpec): GraphSpec["records"] {
	if (monitorTopic === null) return "none";
	return monitorIntervalMs === 0 ? "each" : "newest";
}
