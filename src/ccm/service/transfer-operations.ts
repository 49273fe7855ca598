import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { ExportFileSchema, exportFile } from "../projects/export-file.ts";
import { importFile } from "../projects/import-file.ts";
import type { BlockModel } from "../projects/model.ts";
import { badRequest } from "../projects/refusal.ts";
import { maySee, projectFor } from "./access.ts";
import { blockModel } from "./change-project.ts";
import { operation } from "./operation.ts";
import { checkProjectName, newProject } from "./project-operations.ts";

const exportProject = operation({
	name: "export_project",
	who: "student",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		const project = await projectFor(call, p_id, "own");
		const functions = await call.tables.functions.list();
		const names = new Map(functions.map(({ fn_id, fn_name }) => [fn_id, fn_name]));
		return exportFile(project, (fnId) => (fnId === null ? null : (names.get(fnId) ?? null)));
	},
});

const importProject = operation({
	name: "import_project",
	who: "teacher",
	reads: false,
	input: Type.Object({
		p_name: NameSchema,
		/** The parsed file. */
		file: Type.Unknown(),
	}),
	run: async (call, { p_name, file }) => {
		const { tables, person } = call;
		if (!Value.Check(ExportFileSchema, file)) {
			const error = Value.Errors(ExportFileSchema, file).First();
			return badRequest(`Invalid format: ${error?.path || "/"}: ${error?.message}`, "file");
		}
		await checkProjectName(call, p_name);
		const models = new Map<string, BlockModel>();
		for (const model of await tables.models.list()) {
			models.set(model.dm_name, await blockModel(tables, model));
		}
		const functions = (await tables.functions.list()).filter((fn) => maySee(person, fn));
		const fnId = (name: string) => {
			const named = functions.filter(({ fn_name }) => fn_name === name);
			return (named.find(({ u_id }) => u_id === person.u_id) ?? named[0])?.fn_id;
		};
		const newId = (kind: "do" | "dfo" | "na") => tables.newId(kind);
		const parts = importFile(file, { model: (name) => models.get(name), fnId, newId });
		const project = { ...newProject(call, p_name), ...parts };
		await tables.projects.put(project);
		return { p_id: project.p_id };
	},
});

export const transferOperations = [exportProject, importProject] as const;
