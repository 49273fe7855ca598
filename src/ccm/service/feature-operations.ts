import { type Static, Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { DEFAULT_PARAM } from "../catalog/default-param.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { Feature, Owned, Param } from "../store/port.ts";
import { mayChange } from "./access.ts";
import { IdOrName, ParamInputs } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { checkParams, paramOf } from "./params.ts";
import { featureRow, paramRows } from "./shapes.ts";
import { isFeatureUsed } from "./uses.ts";

async function featureNamed({ tables }: Call, name: number | string): Promise<Feature | undefined> {
	if (typeof name === "number") return tables.features.get(name);
	return (await tables.features.list({ df_name: name }))[0];
}

const FeatureInput = {
	df_name: NameSchema,
	/** Checked by hand: the contract has words of its own for it. */
	df_type: Type.String({ minLength: 1 }),
	df_parameter: ParamInputs,
	comment: Type.Optional(Type.String({ maxLength: 10_000 })),
	df_category: Type.Optional(NameSchema),
};

function typeOf(df_type: string): Feature["df_type"] {
	if (df_type === "input" || df_type === "output") return df_type;
	return badRequest(`Invalid feature type "${df_type}"`, "df_type");
}

/** @throws Refusal 400 */
async function paramsOf(
	call: Call,
	feature: Owned,
	df_parameter: Static<typeof ParamInputs>,
): Promise<Param[]> {
	if (df_parameter.length === 0) badRequest("df_parameter is empty", "df_parameter");
	await checkParams(call, feature, df_parameter);
	return df_parameter.map((given) => paramOf(DEFAULT_PARAM, given));
}

const getFeatures = operation({
	name: "get_device_feature_list",
	rest: { method: "GET", path: "/devicefeature", as: "data", both: true },
	who: "student",
	reads: true,
	input: Type.Object({ df_category: Type.Optional(NameSchema) }),
	run: async ({ tables }, { df_category }) => {
		const where = df_category === undefined ? {} : { df_category };
		const features = await tables.features.list(where);
		const rows = (type: Feature["df_type"]) =>
			features.filter(({ df_type }) => df_type === type).map(featureRow);
		return { input: rows("input"), output: rows("output") };
	},
});

const createFeature = operation({
	name: "create_device_feature",
	rest: { method: "PUT", path: "/devicefeature", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object(FeatureInput),
	run: async (call, { df_name, df_type, df_parameter, comment = "", df_category = "None" }) => {
		const { tables, person } = call;
		if ((await featureNamed(call, df_name)) !== undefined) {
			badRequest(`Device Feature "${df_name}" already exists`, "df_name");
		}
		const [type, params] = [typeOf(df_type), await paramsOf(call, person, df_parameter)];
		const df_id = tables.newId("df");
		const own = { u_id: person.u_id, comment, df_category };
		await tables.features.put({ df_id, df_name, df_type: type, params, ...own });
		return { df_id };
	},
});

const getFeature = operation({
	name: "get_device_feature_info",
	rest: { method: "GET", path: "/devicefeature/:df_id", as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({ df_id: IdOrName }),
	run: async (call, { df_id }) => {
		const feature = await featureNamed(call, df_id);
		if (feature === undefined) return notFound(`Device Feature id ${df_id}`);
		const df_parameter = paramRows(feature.params, { df_id: feature.df_id, mf_id: null });
		return { ...featureRow(feature), df_parameter };
	},
});

/** @throws Refusal 404: there is none, or others may change it. */
async function featureToChange(call: Call, name: number | string): Promise<Feature> {
	const feature = await featureNamed(call, name);
	const isOwn = feature !== undefined && mayChange(call.person, feature);
	return isOwn ? feature : notFound("Device Feature");
}

const updateFeature = operation({
	name: "update_device_feature",
	rest: { method: "POST", path: "/devicefeature/:df_id" },
	who: "teacher",
	reads: false,
	input: Type.Object({
		...FeatureInput,
		df_id: IdSchema,
		df_name: Type.Optional(NameSchema),
	}),
	run: async (call, input) => {
		const { df_id, df_name, df_type, df_parameter, comment, df_category } = input;
		const feature = await featureToChange(call, df_id);
		if (df_name !== undefined && df_name !== feature.df_name) {
			badRequest("the name of a Device Feature cannot change", "df_name");
		}
		const [type, params] = [typeOf(df_type), await paramsOf(call, feature, df_parameter)];
		const isUsed = await isFeatureUsed(call.tables, df_id);
		if (isUsed && (type !== feature.df_type || params.length !== feature.params.length)) {
			badRequest("Device Feature is in use.");
		}
		await call.tables.features.put({
			...feature,
			df_type: type,
			params,
			comment: comment ?? feature.comment,
			df_category: df_category ?? feature.df_category,
		});
		return { df_id };
	},
});

const deleteFeature = operation({
	name: "delete_device_feature",
	rest: { method: "DELETE", path: "/devicefeature/:df_id" },
	who: "teacher",
	reads: false,
	input: Type.Object({ df_id: IdOrName }),
	run: async (call, input) => {
		const { df_id } = await featureToChange(call, input.df_id);
		if (await isFeatureUsed(call.tables, df_id)) badRequest("Device Feature is in use.");
		await call.tables.features.remove(df_id);
		await call.tables.favourites.remove({ df_id });
		return { df_id };
	},
});

export const featureOperations = [
	getFeatures,
	createFeature,
	getFeature,
	updateFeature,
	deleteFeature,
] as const;
