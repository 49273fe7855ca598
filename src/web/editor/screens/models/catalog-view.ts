import type { FeatureType, IdfType } from "../../../../contract/mod.ts";

/** A parameter of a feature, by itself or in a model. */
export interface ParamView {
	readonly param_type: string;
	readonly idf_type: IdfType;
	readonly fn_id: number | null;
	readonly min: number;
	readonly max: number;
	readonly normalization: boolean;
	readonly unit_id: number;
}

/** What belongs to someone, and is used somewhere. */
export interface OwnedView {
	/** Null: the system's. */
	readonly u_id: number | null;
	readonly u_name: string | null;
	readonly may_change: boolean;
	/** Number of projects. */
	readonly used: number;
}

interface FeatureRow {
	readonly df_id: number;
	readonly df_name: string;
	readonly df_type: FeatureType;
	readonly df_category: string;
	readonly comment: string;
	readonly df_parameter: readonly ParamView[];
}

export interface FeatureView extends FeatureRow, OwnedView {
	/** Number of models that have it. */
	readonly models: number;
}

export interface UnitView {
	readonly unit_id: number;
	readonly unit_name: string;
}

export interface TagView {
	readonly tag_id: number;
	readonly tag_name: string;
	/** Number of its values. */
	readonly param_no: number;
}

/** A feature in a model. */
export interface MemberView extends FeatureRow {
	readonly tags: readonly TagView[];
}

export interface ModelView extends OwnedView {
	readonly dm_id: number;
	readonly dm_name: string;
	readonly plural: boolean;
	readonly device_only: boolean;
	readonly df_list: readonly MemberView[];
}

/** The answer of `GET /api/v1/catalog`. */
export interface CatalogView {
	readonly models: readonly ModelView[];
	readonly features: readonly FeatureView[];
	readonly units: readonly UnitView[];
	readonly tags: readonly TagView[];
	readonly categories: readonly string[];
	/** Types of parameters. */
	readonly types: readonly string[];
}
