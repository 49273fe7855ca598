import { Type } from "@sinclair/typebox";
import { type Change, IdSchema, NameSchema, type ProjectDocument } from "../../contract/mod.ts";
import { blockOf, portOf } from "../projects/lookup.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { CcmTables } from "../store/port.ts";
import { projectFor, projectWith } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { IdOrName, ParamInputs } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { checkFunctions, paramChange } from "./params.ts";
import { deviceOf, modelInfo, paramRows } from "./shapes.ts";

const OBJECT = "/project/:p_id/deviceobject";
const P = Type.Optional(IdSchema);
/** REST names features by id, the GUI API by name. */
const Features = Type.Array(IdOrName, { minItems: 1, maxItems: 1000 });

/** The project a device object is in. @throws Refusal 404 */
export function projectOfObject(
	call: Call,
	{ p_id, do_id }: { readonly p_id?: number | undefined; readonly do_id: number },
	wish: "look" | "edit",
): Promise<ProjectDocument> {
	const part = { kind: "do", id: do_id, ...(p_id !== undefined && { p_id }) } as const;
	return projectWith(call, part, wish, `Device Object id ${do_id}`);
}

/** @throws Refusal 404 */
async function featureIds(
	tables: CcmTables,
	names: readonly (number | string)[],
): Promise<number[]> {
	return Promise.all(
		names.map(async (name) => {
			if (typeof name === "number") return name;
			const [feature] = await tables.features.list({ df_name: name });
			return feature?.df_id ?? notFound(`Device Feature "${name}"`);
		}),
	);
}

const createObject = operation({
	name: "create_device_object",
	rest: { method: "PUT", path: OBJECT, status: 201 },
	who: "student",
	reads: false,
	input: Type.Object({ p_id: IdSchema, dm_id: IdSchema, df: Features }),
	run: async (call, { p_id, dm_id, df }) => {
		const project = await projectFor(call, p_id, "edit");
		const df_ids = await featureIds(call.tables, df);
		const { document } = await changeProject(call, project, [{ kind: "add_block", dm_id, df_ids }]);
		return { do_id: document.blocks.at(-1)?.do_id };
	},
});

const getObject = operation({
	name: "get_device_object_info",
	rest: { method: "GET", path: `${OBJECT}/:do_id`, as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({ p_id: P, do_id: IdSchema }),
	run: async (call, input) => {
		const { tables } = call;
		const block = blockOf(await projectOfObject(call, input, "look"), input.do_id);
		const model = await tables.models.get(block.dm_id);
		if (model === undefined) return notFound(`Device Model id ${block.dm_id}`);
		const page = (await deviceOf(tables, block))?.extra_setup_webpage ?? "";
		return {
			...(await modelInfo(tables, model)),
			do: {
				do_id: block.do_id,
				dfo: block.ports.map(({ df_name }) => df_name),
				...(page !== "" && { extra_setup_webpage: page }),
			},
		};
	},
});

const updateObject = operation({
	name: "update_device_object",
	rest: { method: "POST", path: `${OBJECT}/:do_id` },
	who: "student",
	reads: false,
	input: Type.Object({ p_id: P, do_id: IdSchema, df: Features }),
	run: async (call, input) => {
		const { do_id } = input;
		const project = await projectOfObject(call, input, "edit");
		const df_ids = await featureIds(call.tables, input.df);
		await changeProject(call, project, [{ kind: "set_features", do_id, df_ids }]);
		return { do_id };
	},
});

const deleteObject = operation({
	name: "delete_device_object",
	rest: { method: "DELETE", path: `${OBJECT}/:do_id` },
	who: "student",
	reads: false,
	input: Type.Object({ p_id: P, do_id: IdSchema }),
	run: async (call, input) => {
		const { do_id } = input;
		const project = await projectOfObject(call, input, "edit");
		await changeProject(call, project, [{ kind: "remove_block", do_id }]);
		return { do_id };
	},
});

const DFO = Type.Object({ p_id: P, do_id: P, dfo_id: IdSchema });
const PORT = `${OBJECT}/:do_id/devicefeatureobject/:dfo_id`;

/** @throws Refusal 404 */
async function placeOf(
	call: Call,
	input: { readonly p_id?: number; readonly do_id?: number; readonly dfo_id: number },
	wish: "look" | "edit",
) {
	const { p_id, do_id, dfo_id } = input;
	const what = `Device Feature Object id ${dfo_id}`;
	const part = { kind: "dfo", id: dfo_id, ...(p_id !== undefined && { p_id }) } as const;
	const project = await projectWith(call, part, wish, what);
	const { block, port } = portOf(project, dfo_id);
	if (do_id !== undefined && block.do_id !== do_id) return notFound(what);
	return { project, block, port };
}

const getPort = operation({
	name: "get_device_feature_object_info",
	rest: { method: "GET", path: PORT, as: "data" },
	who: "student",
	reads: true,
	input: DFO,
	run: async (call, input) => {
		const { project, block, port } = await placeOf(call, input, "look");
		const model = await call.tables.models.get(block.dm_id);
		const member = model?.members.find(({ df_id }) => df_id === port.df_id);
		const { dfo_id, df_id, df_type, alias_name } = port;
		const mf_id = member?.mf_id ?? null;
		// Values of a person's own are the links' (`ccm-gui.md §14`); all have the same unless they were changed one by one.
		const link = project.joins.flatMap(({ links }) => links).find((one) => one.dfo_id === dfo_id);
		const params = (member?.params ?? []).map((param, i) => ({ ...param, ...link?.params[i] }));
		return {
			dfo_id,
			df_id,
			df_type,
			alias_name,
			dm_name: block.dm_name,
			mf_id,
			df_mapping_func: [],
			df_parameter: paramRows(params, { df_id: null, mf_id }),
		};
	},
});

const updatePort = operation({
	name: "update_device_feature_object",
	rest: { method: "POST", path: PORT },
	who: "student",
	reads: false,
	input: Type.Object({
		...DFO.properties,
		alias_name: Type.Optional(NameSchema),
		df_parameter: Type.Optional(ParamInputs),
	}),
	run: async (call, input) => {
		const { dfo_id, alias_name, df_parameter = [] } = input;
		const { project, port } = await placeOf(call, input, "edit");
		if (df_parameter.length > port.param_no) {
			badRequest(
				`field \`df_parameter\`: the feature has ${port.param_no} parameters`,
				"df_parameter",
			);
		}
		const functions = df_parameter.map(({ fn_id }) => fn_id);
		await checkFunctions(call, project, functions);
		const changes: Change[] = [];
		if (alias_name !== undefined) changes.push({ kind: "set_alias", dfo_id, alias_name });
		// Values of a person's own are the links' (`ccm-gui.md §14`).
		for (const { na_id, links } of project.joins) {
			if (!links.some((one) => one.dfo_id === dfo_id)) continue;
			changes.push(
				...df_parameter.map((values, index) => paramChange(na_id, dfo_id, index, values)),
			);
		}
		if (changes.length > 0) await changeProject(call, project, changes);
		return { dfo_id };
	},
});

export const objectOperations = [
	createObject,
	getObject,
	updateObject,
	deleteObject,
	getPort,
	updatePort,
] as const;
