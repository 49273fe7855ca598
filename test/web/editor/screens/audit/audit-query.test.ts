import { expect, test } from "bun:test";
import {
	auditFilter,
	auditQuery,
} from "../../../../../src/web/editor/screens/audit/audit-query.ts";

test("the address narrows the audit down, and nothing else in it does", () => {
	const query = { project: "12", user: "王", operation: "undo_project", before: "7" };
	expect(auditFilter(query)).toEqual({
		project: 12,
		user: "王",
		operation: "undo_project",
		before: 7,
	});
	expect(auditQuery(auditFilter(query))).toEqual(query);
	expect(auditFilter({ project: "x", user: "", before: "-1", other: "1" })).toEqual({});
});
