// Who changed what, as services see it; see port.ts.

/** An operation that changed something. */
export interface AuditEntry {
	/** ISO 8601, UTC. */
	readonly at: string;
	readonly u_id: number;
	/** Their name at that time. */
	readonly u_name: string;
	/** How the request came, a `Channel`. */
	readonly door: string;
	readonly operation: string;
	/** Null: it is about no single project. */
	readonly p_id: number | null;
	/** Ids, names and settings; neither sources nor secrets. */
	readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** As it is kept. */
export interface KeptEntry extends AuditEntry {
	/** Grows with every entry. */
	readonly seq: number;
}

export interface AuditQuery {
	readonly p_id?: number;
	readonly u_name?: string;
	readonly operation?: string;
	/** Those with a lower `seq`. */
	readonly before?: number;
}

export interface Audit {
	/** @param keep How many are kept, this one included. */
	add(entry: AuditEntry, keep: number): Promise<void>;
	/** Newest first. */
	list(query: AuditQuery, most: number): Promise<KeptEntry[]>;
}
