import type { BlockModel, ChangeContext } from "../../../src/ccm/projects/model.ts";
import type { IdKind } from "../../../src/ccm/store/port.ts";

const param = { idf_type: "sample" as const, fn_id: null, min: 0, max: 9, normalization: false };
const feature = (df_id: number, df_name: string, params: number, tags: string[] = []) => ({
	df_id,
	df_name,
	df_type: df_name.includes("-I") ? ("input" as const) : ("output" as const),
	params: Array.from({ length: params }, () => param),
	tags,
	tag_param_no: tags.length,
});

/** Two models; ids count up from 1. */
export class TestContext implements ChangeContext {
	readonly #models: readonly BlockModel[] = [
		{ dm_id: 1, dm_name: "Both", features: [feature(1, "A-I", 2), feature(2, "B-O", 1)] },
		{
			dm_id: 2,
			dm_name: "Wide",
			features: [feature(1, "A-I", 2), feature(3, "C-I", 1, ["ID"]), feature(4, "D-O", 3)],
		},
	];
	#last = 0;

	model(dmId: number): BlockModel | undefined {
		return this.#models.find(({ dm_id }) => dm_id === dmId);
	}

	newId(_kind: IdKind): number {
		this.#last += 1;
		return this.#last;
	}
}
