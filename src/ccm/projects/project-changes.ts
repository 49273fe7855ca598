import type { ChangeTable } from "./change-table.ts";

/** Changes of a project as a whole. */
export const projectChanges: ChangeTable<"rename_project" | "set_status" | "set_simulation"> = {
	rename_project: (document, { p_name }) => ({
		document: { ...document, p_name },
		inverse: [{ kind: "rename_project", p_name: document.p_name }],
	}),
	set_status: (document, { status }) => ({
		document: { ...document, status },
		inverse: [{ kind: "set_status", status: document.status }],
	}),
	set_simulation: (document, { sim }) => ({
		document: { ...document, sim },
		inverse: [{ kind: "set_simulation", sim: document.sim }],
	}),
};
