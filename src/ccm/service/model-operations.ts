import { type Static, Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { Model, ModelMember, Owned } from "../store/port.ts";
import { mayChange } from "./access.ts";
import { IdOrName, ParamInputs } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { checkParams, paramOf } from "./params.ts";
import { modelInfo, modelRow } from "./shapes.ts";
import { isModelUsed } from "./uses.ts";

const TagRef = Type.Union([IdSchema, Type.Object({ tag_id: IdSchema })]);
const ModelInput = {
	dm_name: NameSchema,
	df_list: Type.Array(
		Type.Object({
			df_id: IdSchema,
			df_parameter: Type.Optional(ParamInputs),
			tags: Type.Optional(Type.Array(TagRef)),
		}),
		{ maxItems: 1000 },
	),
	dm_type: Type.Optional(Type.String()),
	plural: Type.Optional(Type.Boolean()),
	device_only: Type.Optional(Type.Boolean()),
};
type MemberInput = Static<(typeof ModelInput)["df_list"]>[number];

async function modelNamed({ tables }: Call, name: number | string): Promise<Model | undefined> {
	if (typeof name === "number") return tables.models.get(name);
	return (await tables.models.list({ dm_name: name }))[0];
}

/** @throws Refusal 400 or 404 */
async function membersOf(
	call: Call,
	df_list: readonly MemberInput[],
	{ members: before, ...model }: Owned & Pick<Model, "members">,
): Promise<ModelMember[]> {
	const { tables } = call;
	if (df_list.length === 0) badRequest("Feature list cannot be empty", "df_list");
	const known = new Set((await tables.tags.list()).map(({ tag_id }) => tag_id));
	const members = new Map<number, ModelMember>();
	for (const { df_id, df_parameter = [], tags = [] } of df_list) {
		const feature = await tables.features.get(df_id);
		if (feature === undefined) return notFound(`Device Feature id ${df_id}`);
		const tag_ids = tags.map((tag) => (typeof tag === "number" ? tag : tag.tag_id));
		const unknown = tag_ids.find((id) => !known.has(id));
		if (unknown !== undefined) return notFound(`Tag id ${unknown}`);
		await checkParams(call, model, df_parameter);
		const params = feature.params.map((param, i) => paramOf(param, df_parameter[i]));
		const mf_id = before.find((one) => one.df_id === df_id)?.mf_id ?? tables.newId("mf");
		members.set(df_id, { mf_id, df_id, params, tag_ids });
	}
	return [...members.values()];
}

const getModels = operation({
	name: "get_device_model_list",
	rest: { method: "GET", path: "/devicemodel", rename: { dm_list: "data" } },
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async ({ tables }) => ({ dm_list: (await tables.models.list()).map(modelRow) }),
});

const createModel = operation({
	name: "create_device_model",
	rest: { method: "PUT", path: "/devicemodel", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object(ModelInput),
	run: async (call, { dm_name, df_list, plural = false, device_only = false }) => {
		const { tables, person } = call;
		if ((await modelNamed(call, dm_name)) !== undefined) {
			badRequest(`Device Model "${dm_name}" already exists`, "dm_name");
		}
		const members = await membersOf(call, df_list, { u_id: person.u_id, members: [] });
		const dm_id = tables.newId("dm");
		const { u_id } = person;
		await tables.models.put({ dm_id, dm_name, plural, device_only, u_id, members });
		return { dm_id };
	},
});

const getModel = operation({
	name: "get_device_model_info",
	rest: { method: "GET", path: "/devicemodel/:dm_id", as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({ dm_id: IdOrName }),
	run: async (call, { dm_id }) => {
		const model = await modelNamed(call, dm_id);
		return model === undefined
			? notFound(`Device Model id "${dm_id}"`)
			: modelInfo(call.tables, model);
	},
});

/** @throws Refusal 404: there is none, or others may change it. */
async function modelToChange(call: Call, name: number | string): Promise<Model> {
	const model = await modelNamed(call, name);
	const isOwn = model !== undefined && mayChange(call.person, model);
	return isOwn ? model : notFound("Device Model");
}

/** A model with what is to become of it. */
export const ModelChange = Type.Object({ ...ModelInput, dm_id: IdSchema });

/**
 * A model before a change and after it; nothing is kept yet.
 * @throws Refusal 400: the name is taken, or a feature, tag, unit or function is none; 404.
 */
export async function changedModel(
	call: Call,
	{ dm_id, dm_name, df_list, plural, device_only }: Static<typeof ModelChange>,
): Promise<{ readonly before: Model; readonly after: Model }> {
	const before = await modelToChange(call, dm_id);
	const named = await modelNamed(call, dm_name);
	if (named !== undefined && named.dm_id !== dm_id) {
		badRequest(`Device Model "${dm_name}" already exists`, "dm_name");
	}
	const members = await membersOf(call, df_list, before);
	const flags = {
		plural: plural ?? before.plural,
		device_only: device_only ?? before.device_only,
	};
	return { before, after: { ...before, dm_name, members, ...flags } };
}

const updateModel = operation({
	name: "update_device_model",
	rest: { method: "POST", path: "/devicemodel/:dm_id" },
	who: "teacher",
	reads: false,
	input: ModelChange,
	run: async (call, input) => {
		const { before, after } = await changedModel(call, input);
		if (await isModelUsed(call.tables, before.dm_id)) badRequest("Device Model is in use.");
		await call.tables.models.put(after);
		return { dm_id: before.dm_id };
	},
});

const deleteModel = operation({
	name: "delete_device_model",
	rest: { method: "DELETE", path: "/devicemodel/:dm_id" },
	who: "teacher",
	reads: false,
	input: Type.Object({ dm_id: IdOrName }),
	run: async (call, input) => {
		const { dm_id } = await modelToChange(call, input.dm_id);
		if (await isModelUsed(call.tables, dm_id)) badRequest("Device Model is in use.");
		await call.tables.models.remove(dm_id);
		return { dm_id };
	},
});

export const modelOperations = [
	getModels,
	createModel,
	getModel,
	updateModel,
	deleteModel,
] as const;
