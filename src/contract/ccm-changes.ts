// What edits a project's document: the editor, REST v0 and the GUI API all send these, and undo is sending the
// inverse. Changes name ids, never positions in what another person may have changed meanwhile.
import { type Static, type TLiteral, type TProperties, Type } from "@sinclair/typebox";
import {
	BlockSchema,
	CrowdRuleSchema,
	IdfTypeSchema,
	IdSchema,
	JoinSchema,
	LinkSchema,
	MAX_JOINS,
	MAX_LINKS,
	MacAddrSchema,
	NameSchema,
	PortSchema,
	SwitchSchema,
} from "./ccm-documents.ts";
import { MAX_SEATS } from "./seats.ts";

/** Changes of one request; more is a mistake of a script. */
export const MAX_CHANGES = 1000;

const FnId = Type.Union([IdSchema, Type.Null()]);
const Seat = Type.Integer({ minimum: 0, maximum: MAX_SEATS - 1 });
/** Place in a list; beyond its end means last. */
const At = Type.Integer({ minimum: 0, maximum: MAX_LINKS });

const change = <K extends string, P extends TProperties>(kind: K, fields: P) =>
	Type.Object(
		{ kind: Type.Literal(kind) as TLiteral<K>, ...fields },
		{ additionalProperties: false },
	);

/** What clients send. Ids of what is made are given by the server. */
export const ChangeSchema = Type.Union([
	change("rename_project", { p_name: NameSchema }),
	change("set_status", { status: SwitchSchema }),
	change("set_simulation", { sim: SwitchSchema }),
	change("add_block", {
		dm_id: IdSchema,
		/** Features to show, of the model's. */
		df_ids: Type.Array(IdSchema, { minItems: 1 }),
	}),
	change("remove_block", { do_id: IdSchema }),
	change("set_features", { do_id: IdSchema, df_ids: Type.Array(IdSchema, { minItems: 1 }) }),
	change("set_seats", {
		do_id: IdSchema,
		seats: Type.Union([Type.Integer({ minimum: 1, maximum: MAX_SEATS }), Type.Null()]),
	}),
	change("move_block", { do_id: IdSchema, at: At }),
	change("set_alias", { dfo_id: IdSchema, alias_name: NameSchema }),
	change("bind", { do_id: IdSchema, mac_addr: MacAddrSchema, seat: Type.Optional(Seat) }),
	change("unbind", { do_id: IdSchema, seat: Type.Optional(Seat) }),
	change("add_join", {
		na_name: NameSchema,
		na_idx: Type.Integer({ minimum: 0, maximum: MAX_JOINS }),
		/** At least one input and one output. */
		dfo_ids: Type.Array(IdSchema, { minItems: 2, maxItems: MAX_LINKS }),
	}),
	change("rename_join", { na_id: IdSchema, na_name: NameSchema }),
	change("remove_join", { na_id: IdSchema }),
	change("set_join_function", { na_id: IdSchema, fn_id: FnId }),
	change("set_crowd_rule", { na_id: IdSchema, crowd: CrowdRuleSchema }),
	change("add_link", { na_id: IdSchema, dfo_id: IdSchema }),
	change("remove_link", { na_id: IdSchema, dfo_id: IdSchema }),
	/** Inputs: the place among `z1 … zn`, from 0. */
	change("move_link", { na_id: IdSchema, dfo_id: IdSchema, at: At }),
	change("set_link_param", {
		na_id: IdSchema,
		dfo_id: IdSchema,
		/** From 0. */
		param_i: Type.Integer({ minimum: 0, maximum: 65_534 }),
		idf_type: Type.Optional(IdfTypeSchema),
		fn_id: Type.Optional(FnId),
		min: Type.Optional(Type.Number()),
		max: Type.Optional(Type.Number()),
		normalization: Type.Optional(Type.Boolean()),
	}),
	// Inverses: what was there, with its ids and bindings. From a client they are taken only as the server gave them.
	change("set_ports", { do_id: IdSchema, ports: Type.Array(PortSchema) }),
	change("restore_block", { block: BlockSchema, at: At }),
	change("restore_join", { join: JoinSchema, at: At }),
	change("restore_link", { na_id: IdSchema, link: LinkSchema, at: At }),
]);

export type Change = Static<typeof ChangeSchema>;
export type ChangeKind = Change["kind"];
export type ChangeOf<K extends ChangeKind> = Extract<Change, { kind: K }>;

/** Changes of one request; all of them apply, or none. */
export const ChangeSetSchema = Type.Object(
	{
		/** Revision the changes were made on. */
		base_rev: Type.Integer({ minimum: 0 }),
		changes: Type.Array(ChangeSchema, { minItems: 1, maxItems: MAX_CHANGES }),
	},
	{ additionalProperties: false },
);
