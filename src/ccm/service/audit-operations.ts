import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { operation } from "./operation.ts";

/** Entries of one answer. */
export const AUDIT_PAGE = 100;

const getAudit = operation({
	name: "get_audit",
	who: "admin",
	reads: true,
	input: Type.Object({
		project: Type.Optional(IdSchema),
		/** Name of the person, as it was then. */
		user: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
		/** Entries older than that one. */
		before: Type.Optional(IdSchema),
	}),
	run: async ({ tables }, { project, user, before }) => {
		const found = await tables.audit.list(
			{
				...(project !== undefined && { p_id: project }),
				...(user !== undefined && { u_name: user }),
				...(before !== undefined && { before }),
			},
			AUDIT_PAGE + 1,
		);
		const entries = found.slice(0, AUDIT_PAGE).map(({ seq: id, ...entry }) => ({ id, ...entry }));
		const hasMore = found.length > AUDIT_PAGE;
		return { entries, next: hasMore ? (entries.at(-1)?.id ?? null) : null };
	},
});

export const auditOperations = [getAudit] as const;
