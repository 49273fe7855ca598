import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { loadSeed } from "../catalog/load-seed.ts";
import { checkBundle, sourcesIn } from "../projects/bundle.ts";
import { bundleOf } from "../projects/bundle-of.ts";
import { type ExportFile, ExportFileSchema, exportFile } from "../projects/export-file.ts";
import { importFile } from "../projects/import-file.ts";
import type { BlockModel } from "../projects/model.ts";
import { badRequest } from "../projects/refusal.ts";
import type { CcmTables } from "../store/port.ts";
import { maySee, projectFor } from "./access.ts";
import { blockModel } from "./change-project.ts";
import { IdOrName } from "./inputs.ts";
import { operation } from "./operation.ts";
import { ownerFor } from "./owner.ts";
import { checkProjectName } from "./project-names.ts";
import { newProject } from "./project-operations.ts";

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
		const { tables } = call;
		if (!Value.Check(ExportFileSchema, file)) {
			const error = Value.Errors(ExportFileSchema, file).First();
			return badRequest(`Invalid format: ${error?.path || "/"}: ${error?.message}`, "file");
		}
		await checkProjectName(call, p_name);
		const { bundle } = file;
		if (bundle !== undefined) {
			checkBundle(bundle);
			await loadSeed(tables, bundle, call.now, person.u_id);
		}
		const models = await modelsNamed(tables, file);
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

/** The models a file names, as far as they are here. */
async function modelsNamed(
	tables: CcmTables,
	{ project }: ExportFile,
): Promise<ReadonlyMap<string, BlockModel>> {
	const models = new Map<string, BlockModel>();
	const names = new Set(Object.values(project.DeviceObject).map(({ dm_name }) => dm_name));
	for (const dm_name of names) {
		const [model] = await tables.models.list({ dm_name });
		if (model !== undefined) models.set(dm_name, await blockModel(tables, model));
	}
	return models;
}

export const transferOperations = [exportProject, importProject] as const;
