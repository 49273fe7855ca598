import { expect, test } from "bun:test";
import type {
	CatalogView,
	FeatureView,
	ModelView,
	ParamView,
} from "../../../../../src/web/editor/screens/models/catalog-view.ts";
import {
	featureBody,
	featureDraft,
	featureProblems,
	memberOf,
	modelBody,
	modelDraft,
	modelProblems,
	NEW_FEATURE,
	NEW_MODEL,
	withKnown,
} from "../../../../../src/web/editor/screens/models/draft.ts";
import {
	limitProblems,
	resized,
} from "../../../../../src/web/editor/screens/models/param-draft.ts";

const PARAM: ParamView = {
	...{ param_type: "float", idf_type: "variant", fn_id: 7, min: -1.5, max: 2 },
	...{ normalization: true, unit_id: 3 },
};
const OWNED = { u_id: null, u_name: null, may_change: true, used: 0 };
const FEATURE: FeatureView = {
	...{ df_id: 4, df_name: "溫度-I", df_type: "input", df_category: "Sensor", comment: "°C" },
	...{ df_parameter: [PARAM], models: 1, ...OWNED },
};
const MODEL: ModelView = {
	...{ dm_id: 2, dm_name: "Thermo", plural: true, device_only: false, ...OWNED },
	df_list: [{ ...FEATURE, tags: [{ tag_id: 9, tag_name: "ID", param_no: 1 }] }],
};

test("a feature that was not changed is saved as it was, its function too", () => {
	expect(featureBody(featureDraft(FEATURE))).toEqual({
		...{ df_name: "溫度-I", df_type: "input", df_category: "Sensor", comment: "°C" },
		df_parameter: [{ ...PARAM, param_i: 0 }],
	});
});

test("a model that was not changed is saved as it was, tags and own values too", () => {
	expect(modelBody(modelDraft(MODEL))).toEqual({
		...{ dm_name: "Thermo", plural: true },
		df_list: [{ df_id: 4, tags: [9], df_parameter: [{ ...PARAM, param_i: 0 }] }],
	});
});

test("a chosen feature begins with its own values", () => {
	expect(memberOf(FEATURE)).toEqual({
		...{ df_id: 4, tag_ids: [] },
		params: [{ ...PARAM, min: "-1.5", max: "2" }],
	});
});

test("spaces around names go, and no category is None", () => {
	const draft = { ...NEW_FEATURE, df_name: " Temp-I ", df_category: " " };
	expect(featureBody(draft)).toMatchObject({ df_name: "Temp-I", df_category: "None" });
	expect(modelBody({ ...NEW_MODEL, dm_name: " A " }).dm_name).toBe("A");
});

test("limits are numbers, the lower one first", () => {
	expect(limitProblems({ min: "-1e3", max: " 5 " })).toEqual({});
	expect(limitProblems({ min: "", max: "x" })).toEqual({ min: "number", max: "number" });
	expect(limitProblems({ min: "2", max: "1" })).toEqual({ max: "order" });
	expect(limitProblems({ min: "0", max: "Infinity" })).toEqual({ max: "number" });
});

test("what keeps a draft from being saved is named", () => {
	expect(modelProblems(NEW_MODEL)).toEqual(["name", "features"]);
	expect(modelProblems(modelDraft(MODEL))).toEqual([]);
	expect(featureProblems({ ...NEW_FEATURE, df_name: "x".repeat(201) })).toEqual(["long"]);
	const [param] = NEW_FEATURE.params;
	if (param === undefined) throw new Error("a new feature has no value");
	const params = [{ ...param, min: "abc" }];
	expect(featureProblems({ ...NEW_FEATURE, df_name: "A-I", params })).toEqual(["limits"]);
	expect(
		modelProblems({ ...NEW_MODEL, dm_name: "A", members: [{ ...memberOf(FEATURE), params }] }),
	).toEqual(["limits"]);
});

test("more values are as the last one, fewer keep the first ones", () => {
	const { params } = featureDraft(FEATURE);
	const three = resized(params, 3);
	expect(three).toHaveLength(3);
	expect(new Set(three)).toEqual(new Set(params));
	expect(resized(three, 1)).toEqual([...params]);
});

test("a kept draft forgets features that were deleted meanwhile", () => {
	const catalog: CatalogView = {
		...{ models: [], features: [], units: [], tags: [], categories: [], types: [] },
	};
	expect(withKnown(modelDraft(MODEL), catalog).members).toEqual([]);
	expect(withKnown(modelDraft(MODEL), { ...catalog, features: [FEATURE] }).members).toHaveLength(1);
});
