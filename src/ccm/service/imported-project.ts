import { Value } from "@sinclair/typebox/value";
import type { ProjectDocument } from "../../contract/mod.ts";
import { loadSeed } from "../catalog/load-seed.ts";
import { checkBundle } from "../projects/bundle.ts";
import { type ExportFile, ExportFileSchema } from "../projects/export-file.ts";
import { importFile } from "../projects/import-file.ts";
import type { BlockModel } from "../projects/model.ts";
import { badRequest } from "../projects/refusal.ts";
import type { CcmTables } from "../store/port.ts";
import { maySee } from "./access.ts";
import { blockModel } from "./change-project.ts";
import { checkSeats } from "./check-changes.ts";
import type { Call } from "./operation.ts";
import { checkProjectName } from "./project-names.ts";
import { newProject } from "./project-operations.ts";

/**
 * A project of the person who asks, made of an exported file, and not kept yet; what its bundle has is.
 * @throws Refusal 400: it is not such a file, the person has a project of that name, or what it names is not here.
 */
export async function importedProject(
	call: Call,
	p_name: string,
	file: unknown,
): Promise<ProjectDocument> {
	const { tables, person } = call;
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
	for (const { seats } of parts.blocks) checkSeats(call, seats);
	return { ...newProject(call, p_name), ...parts };
}

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
