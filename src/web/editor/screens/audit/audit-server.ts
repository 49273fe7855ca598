import type { App } from "../../app-context.ts";
import { type AuditFilter, auditQuery } from "./audit-query.ts";

/** A change, as the server noted it. */
export interface AuditEntry {
	readonly id: number;
	/** ISO 8601, UTC. */
	readonly at: string;
	readonly u_id: number;
	readonly u_name: string;
	readonly door: "rest" | "page" | "v1" | "command line";
	readonly operation: string;
	/** null: it is about no single project. */
	readonly p_id: number | null;
	/** Of the project now; null: it is gone, or there is none. */
	readonly p_name: string | null;
	readonly details: Readonly<Record<string, string | number | boolean>>;
}

export interface AuditPage {
	readonly entries: readonly AuditEntry[];
	/** `before` of the entries that follow; null: there are none. */
	readonly next: number | null;
}

export const readAudit = (ask: App["ask"], filter: AuditFilter) =>
	ask<AuditPage>("GET", `api/v1/audit?${new URLSearchParams(auditQuery(filter))}`);
