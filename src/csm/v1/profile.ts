import {
	isJsonObject,
	nestsTooDeep,
	parsePythonJson,
	withoutNonFinite,
	withPlainNumbers,
} from "../../kit/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";
import type { ModelFeatures } from "./project-facts.ts";

/** A request that cannot be carried out; its text is what clients of the older protocol look at. */
export class OldError extends Error {
	override readonly name = "OldError";

	constructor(
		readonly status: number,
		text: string,
		readonly fields: Readonly<Record<string, string>> = {},
	) {
		super(text);
	}
}

/** What a device says of itself (`v1-http.md §2.1`). */
export interface OldProfile {
	readonly name: string | null;
	readonly model: string;
	/** In order, repeated ones as well. */
	readonly features: readonly string[];
	/** Directions it tells itself; mostly none. */
	readonly directions: ModelFeatures;
	/** As it was sent, without what means nothing. */
	readonly stored: Readonly<Record<string, unknown>>;
}

const MAX_FEATURES = 256;
const MAX_NAME_BYTES = 128;
const MAX_NESTING = 500;
/** Older programs all say this of their user. */
const NOBODY = "yb";
/** Fields of a stored profile that a device did not send. */
const OWN_FIELDS: readonly string[] = ["model", "mac_addr", "v1", "v1_check", "v1_alias"];

export const NOT_JSON = "argument is not in JSON format";

/** A body as text, and its fields. */
export interface OldBody {
	readonly text: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a body, whatever its media type. @throws OldError */
export function readBody(bytes: Uint8Array): OldBody {
	let text: string;
	let fields: unknown;
	try {
		text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		if (nestsTooDeep(text, MAX_NESTING)) throw new SyntaxError();
		fields = parsePythonJson(text);
	} catch {
		throw new OldError(400, NOT_JSON);
	}
	// An empty object counts as none.
	if (!isJsonObject(fields) || Object.keys(fields).length === 0) throw new OldError(400, NOT_JSON);
	return { text: isPlainJson(text) ? text : withoutNonFinite(text), fields };
}

function isPlainJson(text: string): boolean {
	return !/NaN|Infinity/.test(text);
}

/** Reads the body of a registration; the order of the checks is the original's. @throws OldError */
export function readProfile({ fields }: OldBody): OldProfile {
	const { profile: written } = fields;
	const profile = withPlainNumbers(written);
	if (!isJsonObject(profile)) throw new OldError(400, "profile dictionary is not given");
	for (const key of ["dm_name", "df_list"]) {
		if (!Object.hasOwn(profile, key)) throw new OldError(400, `${key} not in profile`);
	}
	const { d_name: name, dm_name: model, is_sim: isSim = false, df_list: features } = profile;
	// Some programs send null for a name they do not have.
	if (name !== undefined && name !== null && typeof name !== "string") throw wrong("d_name");
	if (typeof model !== "string") throw wrong("dm_name");
	if (typeof isSim !== "boolean") throw wrong("is_sim");
	if (!isListOfNames(features)) throw wrong("df_list");
	if (
		features.length > MAX_FEATURES ||
		features.some((each) => Buffer.byteLength(each) > MAX_NAME_BYTES)
	) {
		throw new OldError(
			413,
			`at most ${MAX_FEATURES} features with names of at most ${MAX_NAME_BYTES} bytes`,
		);
	}
	const { u_name: user } = profile;
	return {
		name: name?.trim() || null,
		model,
		features,
		directions: directionsIn(profile),
		stored: { ...profile, is_sim: isSim, u_name: user === NOBODY ? null : (user ?? null) },
	};
}

function wrong(key: string): OldError {
	return new OldError(400, `${key} format error`);
}

function isListOfNames(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** What a profile says itself of directions; mostly nothing. */
export function directionsIn(profile: Readonly<Record<string, unknown>>): ModelFeatures {
	return { inputs: namesIn(profile.idf_list), outputs: namesIn(profile.odf_list) };
}

/** Newer programs list names, some with units behind them. */
function namesIn(list: unknown): string[] {
	if (!Array.isArray(list)) return [];
	return list
		.map((entry: unknown) => (Array.isArray(entry) ? entry[0] : entry))
		.filter((name) => typeof name === "string");
}

/** What is stored besides what a device says. */
export interface OwnFields {
	readonly mac: string;
	/** The first characters of its password, which it may ask for. */
	readonly check: string;
	readonly alias?: Readonly<Record<string, string>>;
}

/** A profile as it is stored. */
export function storedProfile(
	{ stored, model }: OldProfile,
	{ mac, check, alias = {} }: OwnFields,
): DeviceRecord["profile"] {
	const aliases = Object.keys(alias).length === 0 ? {} : { v1_alias: alias };
	return { ...stored, model, mac_addr: mac, v1: true, v1_check: check, ...aliases };
}

/** A stored profile as its device gets it. */
export function shownProfile({ name, profile }: DeviceRecord): Record<string, unknown> {
	const said = Object.entries(profile).filter(([key]) => !OWN_FIELDS.includes(key));
	const ranges = featuresIn(profile).map((feature) => [feature, []]);
	return { ...Object.fromEntries(said), d_name: name, min_max: Object.fromEntries(ranges) };
}

/** Features of a stored profile, as they were registered. */
export function featuresIn(profile: DeviceRecord["profile"]): readonly string[] {
	const { df_list: features } = profile;
	return isListOfNames(features) ? features : [];
}

/** Aliases that were set by its users. */
export function aliasesIn(profile: DeviceRecord["profile"]): Readonly<Record<string, string>> {
	const { v1_alias: aliases } = profile;
	const texts = Object.entries(isJsonObject(aliases) ? aliases : {}).filter(
		(entry): entry is [string, string] => typeof entry[1] === "string",
	);
	// A feature may have the name of what every object has.
	return Object.assign(Object.create(null), Object.fromEntries(texts));
}

/** The first characters of its password. */
export function checkIn({ v1_check: check }: DeviceRecord["profile"]): string {
	return typeof check === "string" ? check : "";
}
