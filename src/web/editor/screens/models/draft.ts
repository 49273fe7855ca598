import type { FeatureType } from "../../../../contract/mod.ts";
import type { CatalogView, FeatureView, ModelView } from "./catalog-view.ts";
import { areLimitsFine, type ParamDraft, paramBody, paramDraft, resized } from "./param-draft.ts";

export const MAX_NAME_LENGTH = 200;

export interface FeatureDraft {
	readonly df_name: string;
	readonly df_type: FeatureType;
	readonly df_category: string;
	readonly comment: string;
	readonly params: readonly ParamDraft[];
}

export interface MemberDraft {
	readonly df_id: number;
	readonly params: readonly ParamDraft[];
	readonly tag_ids: readonly number[];
}

export interface ModelDraft {
	readonly dm_name: string;
	readonly plural: boolean;
	readonly members: readonly MemberDraft[];
}

export const NEW_FEATURE: FeatureDraft = {
	...{ df_name: "", df_type: "input", df_category: "None", comment: "" },
	params: resized([], 1),
};

export const NEW_MODEL: ModelDraft = { dm_name: "", plural: false, members: [] };

export function featureDraft({
	df_name,
	df_type,
	df_category,
	comment,
	df_parameter,
}: Omit<FeatureView, "df_id">): FeatureDraft {
	return { df_name, df_type, df_category, comment, params: df_parameter.map(paramDraft) };
}

export function modelDraft({ dm_name, plural, df_list }: ModelView): ModelDraft {
	const members = df_list.map(({ df_id, df_parameter, tags }) => ({
		df_id,
		params: df_parameter.map(paramDraft),
		tag_ids: tags.map(({ tag_id }) => tag_id),
	}));
	return { dm_name, plural, members };
}

/** A feature as the model gets it when it is chosen: with the feature's own values. */
export function memberOf({ df_id, df_parameter }: FeatureView): MemberDraft {
	return { df_id, params: df_parameter.map(paramDraft), tag_ids: [] };
}

/** What keeps a draft from being saved. */
export type Problem = "name" | "long" | "features" | "limits";

function nameProblems(name: string): Problem[] {
	const { length } = name.trim();
	if (length === 0) return ["name"];
	return length > MAX_NAME_LENGTH ? ["long"] : [];
}

export function featureProblems({ df_name, params }: FeatureDraft): readonly Problem[] {
	return [...nameProblems(df_name), ...(areLimitsFine(params) ? [] : (["limits"] as const))];
}

export function modelProblems({ dm_name, members }: ModelDraft): readonly Problem[] {
	return [
		...nameProblems(dm_name),
		...(members.length === 0 ? (["features"] as const) : []),
		...(members.every(({ params }) => areLimitsFine(params)) ? [] : (["limits"] as const)),
	];
}

/** Body of `PUT /devicefeature`, `POST /devicefeature/<id>`. */
export function featureBody({ params, df_name, df_category, ...rest }: FeatureDraft) {
	const category = df_category.trim();
	return {
		...rest,
		df_name: df_name.trim(),
		df_category: category === "" ? "None" : category,
		df_parameter: params.map(paramBody),
	};
}

/** Body of `PUT /devicemodel` and of changing one. */
export function modelBody({ dm_name, plural, members }: ModelDraft) {
	const df_list = members.map(({ df_id, params, tag_ids }) => ({
		...{ df_id, tags: [...tag_ids] },
		df_parameter: params.map(paramBody),
	}));
	return { dm_name: dm_name.trim(), plural, df_list };
}

/** The draft without members whose feature does not exist any more. */
export function withKnown(draft: ModelDraft, { features }: CatalogView): ModelDraft {
	const known = new Set(features.map(({ df_id }) => df_id));
	return { ...draft, members: draft.members.filter(({ df_id }) => known.has(df_id)) };
}
