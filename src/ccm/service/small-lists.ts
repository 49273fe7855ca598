// The small lists of the managers of features and models (`ccm-gui.md §5`).
import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { DEFAULT_PARAM } from "../catalog/default-param.ts";
import { ParamTypeSchema } from "../catalog/seed-file.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import { mayChange } from "./access.ts";
import { type Call, operation } from "./operation.ts";
import { memberWith } from "./parameter-operations.ts";
import { isModelUsed, isTagUsed, isUnitUsed } from "./uses.ts";

const NO_CATEGORY = "None";
const Nothing = Type.Object({});

/** A category is a word that features have; its place in the list is its id. */
async function categories({ tables }: Call) {
	const names = new Set((await tables.features.list()).map(({ df_category }) => df_category));
	names.delete(NO_CATEGORY);
	return [NO_CATEGORY, ...[...names].sort()].map((dfc_name, index) => ({
		dfc_id: index + 1,
		dfc_name,
	}));
}

const getCategories = operation({
	name: "get_device_feature_category_list",
	who: "student",
	reads: true,
	input: Nothing,
	run: async (call) => ({ dfc_list: await categories(call) }),
});

/** Nothing is kept: the category is there as soon as a feature has it. */
const createCategory = operation({
	name: "create_device_feature_category",
	who: "teacher",
	reads: true,
	input: Type.Object({ dfc_name: NameSchema }),
	run: async (call, { dfc_name }) => {
		const all = await categories(call);
		const known = all.find((one) => one.dfc_name === dfc_name);
		return known ?? { dfc_id: all.length + 1, dfc_name };
	},
});

const getUnits = operation({
	name: "get_unit_list",
	rest: { method: "GET", path: "/unit" },
	who: "student",
	reads: true,
	input: Nothing,
	run: async ({ tables }) => ({ unit_list: await tables.units.list() }),
});

const createUnit = operation({
	name: "create_unit",
	rest: { method: "PUT", path: "/unit", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({ unit_name: NameSchema }),
	run: async ({ tables }, { unit_name }) => {
		if ((await tables.units.list({ unit_name })).length > 0) {
			badRequest(`Unit "${unit_name}" already exists`, "unit_name");
		}
		const unit_id = tables.newId("unit");
		await tables.units.put({ unit_id, unit_name });
		return { unit_id };
	},
});

/** All have it, so that only administrators may take it away. */
const deleteUnit = operation({
	name: "delete_unit",
	rest: { method: "DELETE", path: "/unit/:unit_id" },
	who: "admin",
	reads: false,
	input: Type.Object({ unit_id: IdSchema }),
	run: async ({ tables }, { unit_id }) => {
		if ((await tables.units.get(unit_id)) === undefined) notFound(`Unit id ${unit_id}`);
		if (unit_id === DEFAULT_PARAM.unit_id || (await isUnitUsed(tables, unit_id))) {
			badRequest("Unit is in use.");
		}
		await tables.units.remove(unit_id);
		return { unit_id };
	},
});

const getTags = operation({
	name: "get_tag_list",
	rest: { method: "GET", path: "/tag" },
	who: "student",
	reads: true,
	input: Nothing,
	run: async ({ tables }) => ({ tag_list: await tables.tags.list() }),
});

const createTag = operation({
	name: "create_tag",
	rest: { method: "PUT", path: "/tag", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({
		tag_name: NameSchema,
		param_no: Type.Integer({ minimum: 1, maximum: 1000 }),
	}),
	run: async ({ tables }, { tag_name, param_no }) => {
		if ((await tables.tags.list({ tag_name })).length > 0) {
			badRequest(`Tag "${tag_name}" already exists`, "tag_name");
		}
		const tag_id = tables.newId("tag");
		await tables.tags.put({ tag_id, tag_name, param_no });
		return { tag_id };
	},
});

/** All have it, so that only administrators may take it away. */
const deleteTag = operation({
	name: "delete_tag",
	rest: { method: "DELETE", path: "/tag/:tag_id" },
	who: "admin",
	reads: false,
	input: Type.Object({ tag_id: IdSchema }),
	run: async ({ tables }, { tag_id }) => {
		if ((await tables.tags.get(tag_id)) === undefined) notFound(`Tag id ${tag_id}`);
		if (await isTagUsed(tables, tag_id)) badRequest("Tag is in use.");
		await tables.tags.remove(tag_id);
		return { tag_id };
	},
});

const getTypes = operation({
	name: "get_type_list",
	who: "student",
	reads: true,
	input: Nothing,
	run: async () => ({ type_list: ParamTypeSchema.anyOf.map((one) => one.const) }),
});

const MemberInput = Type.Object({ mf_id: IdSchema });

/** Gives a feature in a model these tags, in place of others. @throws Refusal */
async function setTags(call: Call, mfId: number, tag_ids: readonly number[]): Promise<void> {
	const { tables, person } = call;
	const { model, member } = await memberWith(call, mfId);
	if (!mayChange(person, model)) notFound(`Device Model Feature id ${mfId}`);
	if (await isModelUsed(tables, model.dm_id)) badRequest("Device Model is in use.");
	const members = model.members.map((one) => (one === member ? { ...member, tag_ids } : one));
	await tables.models.put({ ...model, members });
}

const getMemberTags = operation({
	name: "get_dm_df_tag",
	who: "student",
	reads: true,
	input: MemberInput,
	run: async (call, { mf_id }) => {
		const { member } = await memberWith(call, mf_id);
		const tags = await call.tables.tags.list();
		return { mf_id, tags: tags.filter(({ tag_id }) => member.tag_ids.includes(tag_id)) };
	},
});

/** One tag, as the editor of models allows (`ccm-gui.md §2`, `DM_DF_Tag`). */
const saveMemberTag = operation({
	name: "save_dm_df_tag",
	who: "teacher",
	reads: false,
	input: Type.Object({ mf_id: IdSchema, tag_id: IdSchema }),
	run: async (call, { mf_id, tag_id }) => {
		if ((await call.tables.tags.get(tag_id)) === undefined) notFound(`Tag id ${tag_id}`);
		await setTags(call, mf_id, [tag_id]);
		return { mf_id, tag_id };
	},
});

const deleteMemberTags = operation({
	name: "delete_dm_df_tag",
	who: "teacher",
	reads: false,
	input: MemberInput,
	run: async (call, { mf_id }) => {
		await setTags(call, mf_id, []);
		return { mf_id };
	},
});

export const smallLists = [
	getCategories,
	createCategory,
	getUnits,
	createUnit,
	deleteUnit,
	getTags,
	createTag,
	deleteTag,
	getTypes,
	getMemberTags,
	saveMemberTag,
	deleteMemberTags,
] as const;
