import type { Query } from "../../routes.ts";

/** What the list is narrowed down to, as the address says it. */
export interface AuditFilter {
	readonly project?: number;
	readonly user?: string;
	readonly operation?: string;
	/** Entries older than that one. */
	readonly before?: number;
}

const number = (text: string | undefined) =>
	text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;

/** Reads the address; what is not understood narrows nothing down. */
export function auditFilter({ project, user, operation, before }: Query): AuditFilter {
	const [pId, seq] = [number(project), number(before)];
	return {
		...(pId !== undefined && { project: pId }),
		...(user !== undefined && user !== "" && { user }),
		...(operation !== undefined && operation !== "" && { operation }),
		...(seq !== undefined && { before: seq }),
	};
}

/** The other way round, for the address and for the server. */
export function auditQuery(filter: AuditFilter): Query {
	return Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, String(value)]));
}
