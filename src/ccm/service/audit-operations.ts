import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { projectFor } from "./access.ts";
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
		/** Name of an operation. */
		operation: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
		/** Entries older than that one. */
		before: Type.Optional(IdSchema),
	}),
	run: async ({ tables }, { project, user, operation: named, before }) => {
		const found = await tables.audit.list(
			{
				...(project !== undefined && { p_id: project }),
				...(user !== undefined && { u_name: user }),
				...(named !== undefined && { operation: named }),
				...(before !== undefined && { before }),
			},
			AUDIT_PAGE + 1,
		);
		const names = new Map(
			(await tables.projects.heads()).map(({ p_id, p_name }) => [p_id, p_name]),
		);
		const entries = found.slice(0, AUDIT_PAGE).map(({ seq: id, ...entry }) => ({
			...{ id, ...entry },
			p_name: entry.p_id === null ? null : (names.get(entry.p_id) ?? null),
		}));
		const hasMore = found.length > AUDIT_PAGE;
		return { entries, next: hasMore ? (entries.at(-1)?.id ?? null) : null };
	},
});

/** What was done in one project; where it came from and what else a person does is for administrators. */
const getProjectLog = operation({
	name: "get_project_log",
	who: "student",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		await projectFor(call, p_id, "look");
		const found = await call.tables.audit.list({ p_id }, AUDIT_PAGE);
		return { entries: found.map(({ seq: _, p_id: __, ...entry }) => entry) };
	},
});

export const auditOperations = [getAudit, getProjectLog] as const;
