import type { ProjectDocument } from "../../contract/mod.ts";
import { badRequest } from "../projects/refusal.ts";
import type { Call } from "./operation.ts";

/** @throws Refusal 400: the owner, the person by default, has a project of that name. */
export async function checkProjectName(
	{ person, tables }: Call,
	p_name: string,
	{ u_id }: Pick<ProjectDocument, "u_id"> = person,
): Promise<void> {
	const [taken] = await tables.projects.heads({ u_id, p_name });
	if (taken !== undefined) badRequest("project name already exists", "p_name");
}
