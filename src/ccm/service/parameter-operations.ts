// Parameters of a feature, by itself (`df_id`) or in a model (`mf_id`), apart from the rest of it.
import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { DEFAULT_PARAM } from "../catalog/default-param.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { Feature, Model, ModelMember, Param } from "../store/port.ts";
import { mayChange } from "./access.ts";
import { ParamInputs } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { checkParams, paramOf } from "./params.ts";
import { paramRows } from "./shapes.ts";
import { isFeatureUsed, isModelUsed } from "./uses.ts";

const Owner = Type.Object({ df_id: Type.Optional(IdSchema), mf_id: Type.Optional(IdSchema) });

interface OwnerInput {
	readonly df_id?: number;
	readonly mf_id?: number;
}

/** What has the parameters. */
type Holder =
	| { readonly kind: "feature"; readonly feature: Feature }
	| {
			readonly kind: "member";
			readonly feature: Feature;
			readonly model: Model;
			readonly member: ModelMember;
	  };

/** A feature in a model, wherever that is. @throws Refusal 404 */
export async function memberWith(
	{ tables }: Pick<Call, "tables">,
	mfId: number,
): Promise<{ readonly model: Model; readonly member: ModelMember }> {
	for (const model of await tables.models.list()) {
		const member = model.members.find(({ mf_id }) => mf_id === mfId);
		if (member !== undefined) return { model, member };
	}
	return notFound(`Device Model Feature id ${mfId}`);
}

/** @throws Refusal 404, 400: not one of both ids is given. */
async function holderOf(call: Call, { df_id, mf_id }: OwnerInput): Promise<Holder> {
	if (df_id === undefined ? mf_id === undefined : mf_id !== undefined) {
		badRequest("one of the fields `df_id` and `mf_id` is required", "df_id");
	}
	if (mf_id !== undefined) {
		const { model, member } = await memberWith(call, mf_id);
		const feature = await call.tables.features.get(member.df_id);
		if (feature === undefined) return notFound(`Device Feature id ${member.df_id}`);
		return { kind: "member", feature, model, member };
	}
	const feature = df_id === undefined ? undefined : await call.tables.features.get(df_id);
	return feature === undefined
		? notFound(`Device Feature id ${df_id}`)
		: { kind: "feature", feature };
}

function rowsOf(holder: Holder) {
	return holder.kind === "feature"
		? paramRows(holder.feature.params, { df_id: holder.feature.df_id, mf_id: null })
		: paramRows(holder.member.params, { df_id: null, mf_id: holder.member.mf_id });
}

/** @throws Refusal 404: it is others' to change; 400: it is in use. */
async function put(call: Call, holder: Holder, params: readonly Param[]): Promise<void> {
	const { tables, person } = call;
	const { feature } = holder;
	if (holder.kind === "feature") {
		if (!mayChange(person, feature)) notFound(`Device Feature id ${feature.df_id}`);
		const isOtherSize = params.length !== feature.params.length;
		if (isOtherSize && (await isFeatureUsed(tables, feature.df_id))) {
			badRequest("Device Feature is in use.");
		}
		await tables.features.put({ ...feature, params });
		return;
	}
	const { model, member } = holder;
	if (!mayChange(person, model)) notFound(`Device Model Feature id ${member.mf_id}`);
	if (params.length !== feature.params.length) {
		const { length } = feature.params;
		badRequest(`field \`df_parameter\`: the feature has ${length} parameters`, "df_parameter");
	}
	if (await isModelUsed(tables, model.dm_id)) badRequest("Device Model is in use.");
	const members = model.members.map((one) => (one === member ? { ...member, params } : one));
	await tables.models.put({ ...model, members });
}

const getParameters = operation({
	name: "get_device_feature_parameter",
	who: "student",
	reads: true,
	input: Owner,
	run: async (call, input) => ({ df_parameter: rowsOf(await holderOf(call, input)) }),
});

/** A feature has its parameters from the beginning, so that creating and updating are one. */
const write = (name: "create_device_feature_parameter" | "update_device_feature_parameter") =>
	operation({
		name,
		who: "teacher",
		reads: false,
		input: Type.Object({ ...Owner.properties, df_parameter: ParamInputs }),
		run: async (call, { df_parameter, ...input }) => {
			const holder = await holderOf(call, input);
			if (df_parameter.length === 0) badRequest("df_parameter is empty", "df_parameter");
			const { feature } = holder;
			await checkParams(call, holder.kind === "feature" ? feature : holder.model, df_parameter);
			const params = df_parameter.map((given, index) =>
				paramOf(
					holder.kind === "member" ? (feature.params[index] ?? DEFAULT_PARAM) : DEFAULT_PARAM,
					given,
				),
			);
			await put(call, holder, params);
			return { df_parameter: rowsOf(await holderOf(call, input)) };
		},
	});

/** Back to what they were without anyone's choice: the feature's in a model, else the defaults. */
const deleteParameters = operation({
	name: "delete_device_feature_parameter",
	who: "teacher",
	reads: false,
	input: Owner,
	run: async (call, input) => {
		const holder = await holderOf(call, input);
		const { params } = holder.feature;
		await put(call, holder, holder.kind === "member" ? params : params.map(() => DEFAULT_PARAM));
		return { df_parameter: rowsOf(await holderOf(call, input)) };
	},
});

export const parameterOperations = [
	getParameters,
	write("create_device_feature_parameter"),
	write("update_device_feature_parameter"),
	deleteParameters,
] as const;
