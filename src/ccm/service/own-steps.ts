import type { OwnStepsView } from "../../contract/mod.ts";
import type { Call } from "./operation.ts";

/** Whether there is something of a person's own to undo, and to redo, in a project. */
export async function ownSteps(
	{ person: { u_id }, tables: { undo } }: Pick<Call, "person" | "tables">,
	p_id: number,
): Promise<OwnStepsView> {
	return {
		can_undo: await undo.has({ p_id, u_id, is_undone: false }),
		can_redo: await undo.has({ p_id, u_id, is_undone: true }),
	};
}
