// What a project takes from the catalog. Three levels of parameters: a feature's, a model's, a link's; each is copied
// from the one before when it is made (`ccm-gui.md §14`).
import type { FeatureType, LinkParam } from "../../contract/mod.ts";
import type { IdKind } from "../store/port.ts";

/** A feature of a model, with the model's own values. */
export interface ModelFeature {
	readonly df_id: number;
	readonly df_name: string;
	readonly df_type: FeatureType;
	readonly params: readonly LinkParam[];
	readonly tags: readonly string[];
	readonly tag_param_no: number;
}

/** A device model as blocks are made of it. */
export interface BlockModel {
	readonly dm_id: number;
	readonly dm_name: string;
	readonly features: readonly ModelFeature[];
}

/** What changes need to know besides the document. */
export interface ChangeContext {
	/** A model; undefined: there is none. */
	model(dmId: number): BlockModel | undefined;
	/** An id that was never used. */
	newId(kind: IdKind): number;
}
