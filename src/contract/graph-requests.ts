import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InputError, isUuid, withPlainNumbers } from "../kit/mod.ts";
import type { Request } from "./envelope.ts";
import type { LinkKey } from "./graph-keys.ts";

/** Longest feature name; it is part of signals, not of topics. */
const MAX_FEATURE_LENGTH = 1024;
/** More values than this in one message are not a measurement. */
const MAX_PARAMS = 65_535;

const Digests = Type.Array(Type.String(), { description: "a list of digests" });
const OptionalDigest = Type.Optional(
	Type.Union([Type.String(), Type.Null()], { description: "a digest or null" }),
);
const OptionalDepends = Type.Optional(
	Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()], {
		description: "an object of alias to digest, or null",
	}),
);
const InputKind = Type.Union([Type.Literal("sample"), Type.Literal("variant")]);
const OptionalInputType = Type.Optional(
	Type.Union(
		[
			InputKind,
			Type.Array(InputKind, { maxItems: MAX_PARAMS }),
			Type.Null(),
			// The original's CCM writes "none" that way.
			Type.Literal(false),
		],
		{ description: '"sample", "variant" or a list of them' },
	),
);
const OptionalCount = Type.Optional(
	Type.Union([Type.Integer({ minimum: 0, maximum: MAX_PARAMS }), Type.Null()], {
		description: `an integer from 0 to ${MAX_PARAMS}`,
	}),
);
/** A watcher that wants less than one record a minute wants none. */
const MAX_INTERVAL_MS = 60_000;
const OptionalInterval = Type.Optional(
	Type.Integer({
		minimum: 0,
		maximum: MAX_INTERVAL_MS,
		description: `an integer from 0 to ${MAX_INTERVAL_MS}`,
	}),
);
const NewDigest = Type.Union([Type.String(), Type.Null()], { description: "a digest or null" });

const NoFields = Type.Object({});

/** The fields of each operation besides the link's key (`csm.md §4.2` to `§4.9`). */
export const REQUESTS = {
	attach: NoFields,
	detach: NoFields,
	add_funcs: Type.Object({
		codes: Type.Array(Type.String(), { description: "a list of sources" }),
		digests: Digests,
	}),
	rm_funcs: Type.Object({ digests: Digests }),
	add_link: Type.Object({
		func: OptionalDigest,
		depends: OptionalDepends,
		input_type: OptionalInputType,
		param_no: OptionalCount,
		tag_param_no: OptionalCount,
	}),
	rm_link: NoFields,
	set_join: Type.Object({ prev: OptionalDigest, new: NewDigest, depends: OptionalDepends }),
	set_df_func: Type.Object({
		prev: OptionalDigest,
		new: NewDigest,
		depends: OptionalDepends,
		input_type: OptionalInputType,
	}),
	start_monitor: Type.Object({ interval_ms: OptionalInterval }),
	stop_monitor: NoFields,
	get_graph: NoFields,
} as const;

/**
 * Checks a request's fields.
 * @throws InputError naming the first field that is missing or of the wrong type.
 */
export function readFields<T extends TSchema>(schema: T, request: Request): Static<T> {
	const fields = withPlainNumbers(request);
	if (Value.Check(schema, fields)) return fields;
	const first = Value.Errors(schema, fields).First();
	const field = first?.path.split("/")[1] ?? "";
	const wanted = String(schema.properties?.[field]?.description ?? "of another type");
	const missing = Object.hasOwn(request, field) ? "" : "is required and ";
	throw new InputError(`Field '${field}' ${missing}should be ${wanted}`, field);
}

/**
 * Reads the key of a link: `da_id` with exactly one of `idf` and `odf` (`csm.md §4.1`). Ids are
 * compared in lowercase; a null feature counts as absent.
 * @throws InputError with the contract's reason.
 */
export function readLinkKey(request: Request): LinkKey {
	const idf = request.idf ?? undefined;
	const odf = request.odf ?? undefined;
	if (idf === undefined && odf === undefined) throw new InputError('mode "idf" or "odf" not found');
	if (idf !== undefined && odf !== undefined) throw new InputError("mode duplicated");
	const mode = idf !== undefined ? "idf" : "odf";
	const feature = idf ?? odf;
	if (typeof feature !== "string" || feature === "" || feature.length > MAX_FEATURE_LENGTH) {
		throw new InputError(
			`Field '${mode}' should be a feature name of 1 to ${MAX_FEATURE_LENGTH} characters`,
			mode,
		);
	}
	const daId = request.da_id;
	if (typeof daId !== "string")
		throw new InputError("Field 'da_id' is required and should be a UUID", "da_id");
	return { daId: daId.toLowerCase(), mode, feature };
}

/**
 * The further demands on a link that is to be added: a real UUID, a feature name that is free.
 * @throws InputError naming the field.
 */
export function checkNewLinkKey({ daId, mode, feature }: LinkKey): void {
	if (!isUuid(daId)) throw new InputError("Field 'da_id' should be a UUID", "da_id");
	if (feature === "ctrl") {
		throw new InputError(`Field '${mode}': the feature name 'ctrl' is reserved`, mode);
	}
}
