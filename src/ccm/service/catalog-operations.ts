// What the screen of device models and features needs beyond the contract's operations: everything in one answer, where
// things are used, changes of models that are in use, and seed files.
import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { InputError } from "../../kit/mod.ts";
import { checkSeedFile } from "../catalog/check-seed-file.ts";
import { loadSeed } from "../catalog/load-seed.ts";
import { missingNames } from "../catalog/missing-names.ts";
import { ParamTypeSchema, SeedFileSchema } from "../catalog/seed-file.ts";
import { checkPinned } from "../projects/pinned.ts";
import { badRequest, notFound, Refusal } from "../projects/refusal.ts";
import type { CcmTables, Mention, Model, ModelMember, Owned } from "../store/port.ts";
import { mayChange, rightOn } from "./access.ts";
import { changedModel, ModelChange } from "./model-operations.ts";
import { type Call, operation } from "./operation.ts";
import { featureRow, modelInfo, paramRows } from "./shapes.ts";
import { isModelUsed } from "./uses.ts";

/** Whose something is, and whether the one who asks may change it. */
async function ownership(call: Call) {
	const names = new Map((await call.tables.people.list()).map(({ id, name }) => [id, name]));
	return (thing: Owned) => ({
		u_id: thing.u_id,
		u_name: (thing.u_id === null ? undefined : names.get(thing.u_id)) ?? null,
		may_change: mayChange(call.person, thing),
	});
}

const getCatalog = operation({
	name: "get_catalog",
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async (call) => {
		const { tables } = call;
		const ownerOf = await ownership(call);
		const usesOfModels = await tables.projects.mentions("dm");
		const usesOfFeatures = await tables.projects.mentions("df");
		const members = new Map<number, number>();
		const models = [];
		for (const model of await tables.models.list()) {
			for (const { df_id } of model.members) members.set(df_id, (members.get(df_id) ?? 0) + 1);
			models.push({
				...(await modelInfo(tables, model)),
				...ownerOf(model),
				used: usesOfModels.get(String(model.dm_id))?.length ?? 0,
			});
		}
		const features = [];
		for (const feature of await tables.features.list()) {
			const { df_id, params } = feature;
			features.push({
				...featureRow(feature),
				df_parameter: paramRows(params, { df_id, mf_id: null }),
				...ownerOf(feature),
				models: members.get(df_id) ?? 0,
				used: usesOfFeatures.get(String(df_id))?.length ?? 0,
			});
		}
		return {
			...{ models, features },
			units: await tables.units.list(),
			tags: await tables.tags.list(),
			categories: [...new Set(features.map(({ df_category }) => df_category))].sort(),
			types: ParamTypeSchema.anyOf.map((one) => one.const),
		};
	},
});

/** Projects that mention something: by name what the one who asks may look at, and how many others. */
async function projectsWith(call: Call, mention: Mention) {
	const projects = [];
	let others = 0;
	for (const p_id of await call.tables.projects.mentioning(mention)) {
		const [head] = await call.tables.projects.heads({ p_id });
		if (head === undefined) continue;
		const { p_name, u_id } = head;
		if ((await rightOn(call, head)) === undefined) others += 1;
		else projects.push({ p_id, p_name, u_name: (await call.tables.people.byId(u_id))?.name ?? "" });
	}
	return { projects, others };
}

const getModelUses = operation({
	name: "get_device_model_uses",
	who: "student",
	reads: true,
	input: Type.Object({ dm_id: IdSchema }),
	run: async (call, { dm_id }) => {
		if ((await call.tables.models.get(dm_id)) === undefined) notFound("Device Model");
		return { models: [], ...(await projectsWith(call, { kind: "dm", ref: dm_id })) };
	},
});

const getFeatureUses = operation({
	name: "get_device_feature_uses",
	who: "student",
	reads: true,
	input: Type.Object({ df_id: IdSchema }),
	run: async (call, { df_id }) => {
		if ((await call.tables.features.get(df_id)) === undefined) notFound("Device Feature");
		const all = await call.tables.models.list();
		const models = all
			.filter(({ members }) => members.some((member) => member.df_id === df_id))
			.map(({ dm_id, dm_name }) => ({ dm_id, dm_name }));
		return { models, ...(await projectsWith(call, { kind: "df", ref: df_id })) };
	},
});

/** Features that blocks of a model show, by id. */
async function shownFeatures(tables: CcmTables, dmId: number): Promise<Map<number, string>> {
	const shown = new Map<number, string>();
	for (const p_id of await tables.projects.mentioning({ kind: "dm", ref: dmId })) {
		for (const { dm_id, ports } of (await tables.projects.find(p_id))?.blocks ?? []) {
			if (dm_id !== dmId) continue;
			for (const { df_id, df_name } of ports) shown.set(df_id, df_name);
		}
	}
	return shown;
}

/** @throws Refusal 409: blocks of projects rely on what would change. */
async function checkShown(
	call: Call,
	model: Model,
	members: readonly ModelMember[],
): Promise<void> {
	for (const [df_id, df_name] of await shownFeatures(call.tables, model.dm_id)) {
		const before = model.members.find((member) => member.df_id === df_id);
		const after = members.find((member) => member.df_id === df_id);
		if (after === undefined) {
			throw new Refusal(409, `${df_name} is in use: projects have blocks that show it`, "df_list");
		}
		const tagsOf = (member: ModelMember | undefined) => [...(member?.tag_ids ?? [])].sort().join();
		if (before !== undefined && tagsOf(before) !== tagsOf(after)) {
			throw new Refusal(409, `${df_name} is in use: its tags cannot change`, "df_list");
		}
	}
}

/**
 * As `update_device_model`, but a model in use may get more features, other parameters (which new links begin with) and
 * other marks: nothing that a block shows goes away or changes.
 */
const changeModel = operation({
	name: "change_device_model",
	who: "teacher",
	reads: false,
	input: ModelChange,
	run: async (call, input) => {
		const { before, after } = await changedModel(call, input);
		const { dm_id, dm_name } = before;
		await checkShown(call, before, after.members);
		if (after.dm_name !== dm_name && (await isModelUsed(call.tables, dm_id))) {
			throw new Refusal(409, `${dm_name} is in use: its name cannot change`, "dm_name");
		}
		await call.tables.models.put(after);
		return { dm_id };
	},
});

/** A seed file (`ccm-gui.md §9`); what is new is the system's. All or nothing. */
const importSeed = operation({
	name: "import_seed",
	who: "admin",
	reads: false,
	input: Type.Object({ file: Type.Unknown() }),
	sources: ({ file }) => (checkedFile(file).Function ?? []).map(({ code }) => code),
	run: async ({ tables, now }, input) => {
		const file = checkedFile(input.file);
		for (const { pinned = [] } of file.Function ?? []) checkPinned(pinned);
		const missing = await missingNames(tables, file);
		if (missing.length > 0) {
			throw new Refusal(400, "the file names what is not there", "file", missing);
		}
		const { DeviceFeature = [], DeviceModel = [] } = file;
		const skipped = [];
		for (const { df_name } of DeviceFeature) {
			if ((await tables.features.list({ df_name })).length > 0) skipped.push(df_name);
		}
		for (const { dm_name } of DeviceModel) {
			if ((await tables.models.list({ dm_name })).length > 0) skipped.push(dm_name);
		}
		return { ...(await loadSeed(tables, file, now)), skipped };
	},
});

const LISTS = Object.keys(SeedFileSchema.properties);

/** @throws Refusal 400; also of a file of another kind, which would do nothing. */
function checkedFile(file: unknown) {
	try {
		const seed = checkSeedFile(file);
		if (LISTS.some((list) => Object.hasOwn(seed, list))) return seed;
	} catch (error) {
		if (error instanceof InputError) return badRequest(`not a seed file: ${error.message}`, "file");
		throw error;
	}
	return badRequest(`not a seed file: it has none of ${LISTS.join(", ")}`, "file");
}

export const catalogOperations = [
	getCatalog,
	getModelUses,
	getFeatureUses,
	changeModel,
	importSeed,
] as const;
