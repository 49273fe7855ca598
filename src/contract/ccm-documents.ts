// The document of a project: everything its owner arranged, as the server keeps it and the editor shows it. Keys are
// the field's (`ccm-gui.md §1`), so that REST v0 needs no translation.
import { type Static, Type } from "@sinclair/typebox";
import { UUID_PATTERN } from "../kit/mod.ts";
import { MAX_SEATS } from "./seats.ts";

/** Longest name of a project, alias, join, model, feature or function, characters. */
const MAX_NAME_LENGTH = 200;
/** Joins of one project, and so the numbers of circles; the original stops at 15. */
export const MAX_JOINS = 1000;
/** Links of one project; more is a mistake of a script. */
export const MAX_LINKS = 10_000;

export const IdSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const NameSchema = Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH });
/** A device's UUID in lowercase. */
export const MacAddrSchema = Type.String({ pattern: UUID_PATTERN });
export const SwitchSchema = Type.Union([Type.Literal("on"), Type.Literal("off")]);
export const FeatureTypeSchema = Type.Union([Type.Literal("input"), Type.Literal("output")]);
export const IdfTypeSchema = Type.Union([Type.Literal("sample"), Type.Literal("variant")]);
export const CrowdRuleSchema = Type.Union([Type.Literal("each"), Type.Literal("together")]);

/** One value of a linked feature. Of an input only the first entry's function counts (`ccm-gui.md §2`). */
export const LinkParamSchema = Type.Object({
	idf_type: IdfTypeSchema,
	fn_id: Type.Union([IdSchema, Type.Null()]),
	min: Type.Number(),
	max: Type.Number(),
	/** Whether an output's value is scaled from its running range to `min` … `max`. */
	normalization: Type.Boolean(),
});

/** A feature on a join; the order of a join's inputs is the order of `z1 … zn`. */
export const LinkSchema = Type.Object({
	dfo_id: IdSchema,
	/** As many as the feature has parameters. */
	params: Type.Array(LinkParamSchema),
});

/** A network application: one circle, one graph of CSM (`ccm-gui.md §1`). */
export const JoinSchema = Type.Object({
	na_id: IdSchema,
	na_name: NameSchema,
	na_idx: Type.Integer({ minimum: 0, maximum: MAX_JOINS }),
	/** The join function, in force while the join has two inputs or more. */
	fn_id: Type.Union([IdSchema, Type.Null()]),
	/** How members of a crowd take part. */
	crowd: CrowdRuleSchema,
	links: Type.Array(LinkSchema, { maxItems: MAX_LINKS }),
});

/** A device feature object: one chosen feature of a block. */
export const PortSchema = Type.Object({
	dfo_id: IdSchema,
	df_id: IdSchema,
	df_name: NameSchema,
	df_type: FeatureTypeSchema,
	alias_name: NameSchema,
	param_no: Type.Integer({ minimum: 0, maximum: 65_535 }),
	/** Names of the tags that travel with the feature; linked features carry the same. */
	tags: Type.Array(Type.String()),
	/** Values of all tags together. */
	tag_param_no: Type.Integer({ minimum: 0, maximum: 65_535 }),
});

/** A device on a block; it stays bound while it is away or unknown to CSM. */
const BindingSchema = Type.Object({
	/** 0 on a block for one device. */
	seat: Type.Integer({ minimum: 0, maximum: MAX_SEATS - 1 }),
	mac_addr: MacAddrSchema,
});

/** A device object: a model dropped into a project. */
export const BlockSchema = Type.Object({
	do_id: IdSchema,
	dm_id: IdSchema,
	dm_name: NameSchema,
	/** Members of a crowd; null: a block for one device. */
	seats: Type.Union([Type.Integer({ minimum: 1, maximum: MAX_SEATS }), Type.Null()]),
	bindings: Type.Array(BindingSchema),
	ports: Type.Array(PortSchema),
});

export const ProjectDocumentSchema = Type.Object({
	p_id: IdSchema,
	p_name: NameSchema,
	/** The owner. */
	u_id: IdSchema,
	/** Grows with each accepted set of changes. */
	rev: Type.Integer({ minimum: 0 }),
	status: SwitchSchema,
	sim: SwitchSchema,
	blocks: Type.Array(BlockSchema),
	joins: Type.Array(JoinSchema, { maxItems: MAX_JOINS }),
});

export type FeatureType = Static<typeof FeatureTypeSchema>;
export type IdfType = Static<typeof IdfTypeSchema>;
export type LinkParam = Static<typeof LinkParamSchema>;
export type Link = Static<typeof LinkSchema>;
export type Join = Static<typeof JoinSchema>;
export type Port = Static<typeof PortSchema>;
export type Binding = Static<typeof BindingSchema>;
export type Block = Static<typeof BlockSchema>;
export type ProjectDocument = Static<typeof ProjectDocumentSchema>;
