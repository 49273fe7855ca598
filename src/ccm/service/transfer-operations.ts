import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { sourcesIn } from "../projects/bundle.ts";
import { bundleOf } from "../projects/bundle-of.ts";
import { exportFile } from "../projects/export-file.ts";
import { maySee, projectFor } from "./access.ts";
import { importedProject } from "./imported-project.ts";
import { IdOrName } from "./inputs.ts";
import { operation } from "./operation.ts";
import { ownerFor } from "./owner.ts";

const exportProject = operation({
	name: "export_project",
	who: "student",
	reads: true,
	local: true,
	input: Type.Object({
		p_id: IdSchema,
		/** Whether the file has the models, features and functions the project uses. */
		bundle: Type.Optional(Type.Boolean()),
	}),
	run: async (call, { p_id, bundle }) => {
		const project = await projectFor(call, p_id, "own");
		const functions = await call.tables.functions.list();
		const names = new Map(functions.map(({ fn_id, fn_name }) => [fn_id, fn_name]));
		const shown = functions.filter((fn) => maySee(call.person, fn));
		return exportFile(
			project,
			(fnId) => (fnId === null ? null : (names.get(fnId) ?? null)),
			bundle === true ? await bundleOf(call.tables, project, shown) : undefined,
		);
	},
});

const importProject = operation({
	name: "import_project",
	who: "teacher",
	reads: false,
	local: true,
	input: Type.Object({
		p_name: NameSchema,
		/** The parsed file. */
		file: Type.Unknown(),
		/** Whose it is to be; for administrators only, and needed by the command line. */
		owner: Type.Optional(IdOrName),
	}),
	sources: ({ file }) => sourcesIn(file),
	run: async (asked, { p_name, file, owner }) => {
		const person = await ownerFor(asked, owner);
		const call = { ...asked, person };
		const project = await importedProject(call, p_name, file);
		await call.tables.projects.put(project);
		return { p_id: project.p_id };
	},
});

export const transferOperations = [exportProject, importProject] as const;
