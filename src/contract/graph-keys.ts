/** Graphs are keyed by client and graph together (`csm.md §4.1`). */
export interface GraphKey {
	readonly client: string;
	readonly graph: string;
}

/** The graph's name in logs and in the data path: unique, since neither part holds a slash. */
export function graphName({ client, graph }: GraphKey): string {
	return `${client}/${graph}`;
}

/** One named port of one device in one direction; shared by all graphs that link it. */
export interface LinkKey {
	/** UUID in lowercase. */
	readonly daId: string;
	readonly mode: "idf" | "odf";
	readonly feature: string;
}

/** A function by digest with its helpers, alias → digest. */
export interface FunctionUse {
	readonly digest: string | null;
	readonly depends: Readonly<Record<string, string>>;
}
