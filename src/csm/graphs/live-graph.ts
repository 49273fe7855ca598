import type { FunctionUse, GraphKey, LinkKey, PipelineSpec } from "../../contract/mod.ts";
import type { Asked } from "../store/asked.ts";
import type { FunctionRecord } from "../store/functions.ts";
import type { Monitor } from "../store/graphs.ts";
import type { LinkRecord } from "../store/links.ts";

/** What csm asks of the data path; `dataflow` fulfils it (`csm.md §5`). */
export interface DataPathPort {
	/**
	 * Makes a function of its own for one use in a graph; `ready` rejects with an InputError. With a SourceError the handle may
	 * be used anyway: every message fails.
	 * @param isPatient Whether to wait while no engine can be started, instead of rejecting.
	 */
	prepare(
		graph: string,
		source: {
			digest: string;
			code: string;
			helpers: { alias: string; digest: string; code: string }[];
		},
		isPatient?: boolean,
	): { handle: number; ready: Promise<void> };
	/** Forgets a function that is not going to be used. */
	discard(handle: number): void;
	/** Sets the wanted state of a graph in place. */
	set(name: string, spec: PipelineSpec): Promise<void>;
	/** Ends a graph. */
	remove(name: string): Promise<void>;
}

/** The function of a link or join as it runs. */
interface LiveFunction {
	/** null: none. */
	readonly handle: number | null;
	/** The function and its helpers; the data path holds them as well. */
	readonly sources: readonly FunctionRecord[];
}

/** A link as it runs: its record, its topic, its function. */
export interface LiveLink extends LiveFunction {
	readonly record: LinkRecord;
	readonly topic: string;
}

/** A graph as it runs. */
export interface LiveGraph {
	readonly key: GraphKey;
	monitor: Monitor;
	join: LiveFunction & { readonly use: FunctionUse; readonly asked: Asked };
	/** In slot order. */
	links: readonly LiveLink[];
}

export const NO_FUNCTION: FunctionUse = { digest: null, depends: {} };

/** A graph as `attach` makes it. */
export function newGraph(key: GraphKey): LiveGraph {
	const join = { use: NO_FUNCTION, handle: null, sources: [], asked: null };
	return { key, join, monitor: { topic: null, on: false, intervalMs: 0 }, links: [] };
}

/** The graph as the data path wants it. */
export function specOf(graph: LiveGraph): PipelineSpec {
	const ofMode = (mode: LinkKey["mode"]) =>
		graph.links
			.filter(({ record }) => record.mode === mode)
			.map(({ record, topic, handle }) => ({
				id: record.id,
				name: [record.daId, record.feature] as const,
				topic,
				func: handle,
				inputType: record.inputType,
				paramNo: record.paramNo,
				tagParamNo: record.tagParamNo,
			}));
	return {
		idfs: ofMode("idf"),
		odfs: ofMode("odf"),
		join: graph.join.handle,
		monitorTopic: graph.monitor.on ? graph.monitor.topic : null,
		monitorIntervalMs: graph.monitor.intervalMs,
	};
}

/** Puts a changed link in place of the one with its id. */
export function replaceLink(graph: LiveGraph, changed: LiveLink): void {
	const { id } = changed.record;
	graph.links = graph.links.map((link) => (link.record.id === id ? changed : link));
}

/** The link of a graph with that key. */
export function findLink(graph: LiveGraph, key: LinkKey): LiveLink | undefined {
	return graph.links.find(
		({ record }) =>
			record.daId === key.daId && record.mode === key.mode && record.feature === key.feature,
	);
}
