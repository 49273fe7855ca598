// CCM's part of an export: everything but devices' presence, the steps back of projects, and passwords. People are named,
// since their ids differ between databases; everything else keeps its id, because graphs of CSM are named by them.
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
	FeatureTypeSchema,
	IdSchema,
	MacAddrSchema,
	NameSchema,
	PinnedListSchema,
	ProjectDocumentSchema,
} from "../../contract/mod.ts";
import { InputError } from "../../kit/mod.ts";
import { MembersSchema, ParamsSchema } from "./record-tables.ts";

/** A person's name; null: the system. `#7` is a person of that id who is gone: nobody's name begins with `#`. */
const Owner = Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Type.Null()]);
const owned = <P extends TProperties>(fields: P) => Type.Object({ ...fields, u_name: Owner });
const { u_id: _, ...documentFields } = ProjectDocumentSchema.properties;

const CcmSnapshotSchema = Type.Object({
	/** The last id of each kind. */
	last_ids: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
	units: Type.Array(Type.Object({ unit_id: IdSchema, unit_name: NameSchema })),
	tags: Type.Array(
		Type.Object({ tag_id: IdSchema, tag_name: NameSchema, param_no: Type.Integer({ minimum: 0 }) }),
	),
	features: Type.Array(
		owned({
			...{ df_id: IdSchema, df_name: NameSchema, df_type: FeatureTypeSchema },
			...{ df_category: Type.String(), comment: Type.String(), params: ParamsSchema },
		}),
	),
	models: Type.Array(
		owned({
			...{ dm_id: IdSchema, dm_name: NameSchema, plural: Type.Boolean() },
			...{ device_only: Type.Boolean(), members: MembersSchema },
		}),
	),
	functions: Type.Array(
		owned({
			...{ fn_id: IdSchema, fn_name: NameSchema, is_protect: Type.Boolean() },
			/** Absent in exports of earlier versions. */
			pinned: Type.Optional(PinnedListSchema),
			versions: Type.Array(
				owned({ fnvt_idx: IdSchema, date: Type.String(), code: Type.String() }),
				{ minItems: 1 },
			),
		}),
	),
	favourites: Type.Array(owned({ fn_id: IdSchema, df_id: Type.Union([IdSchema, Type.Null()]) })),
	devices: Type.Array(
		owned({
			...{ d_id: IdSchema, mac_addr: MacAddrSchema, d_name: Type.String() },
			...{ dm_name: Type.String(), is_sim: Type.Boolean(), register_time: Type.Number() },
			...{ extra_setup_webpage: Type.String(), device_webpage: Type.String() },
		}),
	),
	projects: Type.Array(owned(documentFields)),
	members: Type.Array(
		owned({ p_id: IdSchema, may: Type.Union([Type.Literal("look"), Type.Literal("edit")]) }),
	),
	/** Graphs CSM may have. */
	graphs: Type.Array(
		Type.Object({
			...{ graph: Type.String({ minLength: 1 }), links: Type.Array(Type.String()) },
			settled: Type.String(),
		}),
	),
});

export type CcmSnapshot = Static<typeof CcmSnapshotSchema>;

/** @throws InputError when it is not a part of an export, or its parts do not fit together. */
export function checkCcmSnapshot(part: unknown): CcmSnapshot {
	if (!Value.Check(CcmSnapshotSchema, part)) {
		const { path = "", message = "" } = Value.Errors(CcmSnapshotSchema, part).First() ?? {};
		throw new InputError(`/ccm${path} is invalid: ${message}`);
	}
	const { units, tags, features, models, functions, devices, projects } = part;
	const versions = functions.flatMap((fn) => fn.versions);
	refuseTwins("unit", units, ({ unit_id, unit_name }) => [unit_id, unit_name]);
	refuseTwins("tag", tags, ({ tag_id, tag_name }) => [tag_id, tag_name]);
	refuseTwins("feature", features, ({ df_id, df_name }) => [df_id, df_name]);
	refuseTwins("model", models, ({ dm_id, dm_name }) => [dm_id, dm_name]);
	refuseTwins("function", functions, (fn) => [fn.fn_id, `${fn.fn_name} of ${fn.u_name}`]);
	refuseTwins("version of a function", versions, ({ fnvt_idx }) => [fnvt_idx]);
	refuseTwins("device", devices, ({ d_id, mac_addr }) => [d_id, mac_addr]);
	refuseTwins("project", projects, ({ p_id, p_name, u_name }) => [p_id, `${p_name} of ${u_name}`]);
	const fnIds = new Set(functions.map(({ fn_id }) => fn_id));
	const dfIds = new Set(features.map(({ df_id }) => df_id));
	for (const { fn_id, df_id } of part.favourites) {
		if (!fnIds.has(fn_id))
			throw new InputError(`function ${fn_id} is offered, but not in the file`);
		if (df_id === null || dfIds.has(df_id)) continue;
		throw new InputError(`feature ${df_id} is offered a function, but not in the file`);
	}
	const pIds = new Set(projects.map(({ p_id }) => p_id));
	for (const { p_id, u_name } of part.members) {
		if (u_name === null) throw new InputError(`project ${p_id} is shared with no one`);
		if (!pIds.has(p_id)) throw new InputError(`project ${p_id} is shared, but not in the file`);
	}
	const ownerless = projects.find(({ u_name }) => u_name === null);
	if (ownerless !== undefined) throw new InputError(`project ${ownerless.p_id} has no owner`);
	return part;
}

/** @throws InputError when two have one id or one name. */
function refuseTwins<T>(what: string, all: readonly T[], keys: (one: T) => (number | string)[]) {
	const seen = new Set<number | string>();
	for (const key of all.flatMap(keys)) {
		if (seen.has(key)) throw new InputError(`${what} ${JSON.stringify(key)} is there twice`);
		seen.add(key);
	}
}
