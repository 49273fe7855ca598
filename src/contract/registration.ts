import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InputError, isJsonObject, pythonText } from "../kit/mod.ts";

const PROTOCOLS = ["mqtt", "zmq", "websocket", "http"];
const inAnyCase = (word: string) =>
	word.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);

const Protocol = Type.String({ pattern: `^(${PROTOCOLS.map(inAnyCase).join("|")})$` });
// Not looked into: SDKs send names with units, without, with null or with a mode instead.
const Features = Type.Optional(
	Type.Union([Type.Array(Type.Unknown(), { minItems: 1 }), Type.Null()], {
		description: "Features, usually [name, [units]]; null or absent: none.",
		examples: [[["meow", ["dB"]]]],
	}),
);

/** The body of PUT (`csm.md §2.2`), its fields in the order in which they are checked. */
export const RegistrationBody = Type.Object(
	{
		// The JS SDK without options sends a bare string.
		accept_protos: Type.Union([Type.Array(Protocol, { minItems: 1 }), Protocol], {
			description: `Any of ${PROTOCOLS.join(", ")}; with mqtt the answer holds url and ctrl_chans, with http up and down.`,
			examples: [["mqtt"]],
		}),
		name: Type.Optional(
			Type.Union([Type.String(), Type.Null()], {
				description: "Absent: the stored name, or a new one such as 00.<model>.",
				examples: ["BetaCat"],
			}),
		),
		idf_list: Features,
		odf_list: Features,
		profile: Type.Object(
			{ model: Type.Unknown({ description: "The kind of device." }) },
			{ additionalProperties: true, examples: [{ model: "AI" }] },
		),
	},
	{ additionalProperties: false },
);

/** The body of POST: any part of a registration (`csm.md §2.5`). */
export const RegistrationChangesBody = Type.Partial(RegistrationBody, {
	additionalProperties: false,
	description: "Any of the fields of PUT.",
});

/** What a device says of itself (`csm.md §2.2`), checked. */
export interface Registration {
	/** null: keep the stored name, or make one. */
	readonly name: string | null;
	readonly acceptProtos: readonly string[];
	readonly idfList: readonly unknown[] | null;
	readonly odfList: readonly unknown[] | null;
	readonly profile: Readonly<Record<string, unknown>>;
}

type Body = Readonly<Record<string, unknown>>;
type Fields = Static<typeof RegistrationBody>;

/**
 * Checks the body of PUT by {@link RegistrationBody}.
 * @throws InputError with the contract's reason.
 */
export function readRegistration(body: Body): Registration {
	if (!Value.Check(RegistrationBody, body)) throw refusal(body, false);
	return {
		name: nameOf(body.name),
		acceptProtos: protocolsOf(body.accept_protos),
		idfList: featuresOf(body.idf_list),
		odfList: featuresOf(body.odf_list),
		profile: { ...body.profile },
	};
}

/**
 * Checks the body of POST by {@link RegistrationChangesBody}.
 * @throws InputError as {@link readRegistration}.
 */
export function readRegistrationChanges(body: Body): Partial<Registration> {
	if (!Value.Check(RegistrationChangesBody, body)) throw refusal(body, true);
	const { name, accept_protos: protocols, idf_list: idfs, odf_list: odfs, profile } = body;
	return {
		...(name !== undefined && { name: nameOf(name) }),
		...(protocols !== undefined && { acceptProtos: protocolsOf(protocols) }),
		...(idfs !== undefined && { idfList: featuresOf(idfs) }),
		...(odfs !== undefined && { odfList: featuresOf(odfs) }),
		...(profile !== undefined && { profile: { ...profile } }),
	};
}

/** Whether the device can be reached over MQTT: anywhere in its list counts (`csm.md §2.2`). */
export function speaksMqtt(acceptProtos: readonly string[]): boolean {
	return speaks(acceptProtos, "mqtt");
}

/** Whether it sends and receives over HTTP (`csm.md §3.4`). */
export function speaksHttp(acceptProtos: readonly string[]): boolean {
	return speaks(acceptProtos, "http");
}

/** Whether clients of the device API are told of it: it can be reached in some way (`csm.md §2.2`). */
export function isReachable(acceptProtos: readonly string[]): boolean {
	return speaksMqtt(acceptProtos) || speaksHttp(acceptProtos);
}

function speaks(acceptProtos: readonly string[], wanted: string): boolean {
	return acceptProtos.some((protocol) => protocol.toLowerCase() === wanted);
}

function nameOf(name: Fields["name"]): string | null {
	return name?.trim() ?? null;
}

function protocolsOf(protocols: Fields["accept_protos"]): string[] {
	return typeof protocols === "string" ? [protocols] : protocols;
}

function featuresOf(list: Fields["idf_list"]): unknown[] | null {
	// The Java SDK says "no features" with [null].
	const features = (list ?? []).filter((feature) => feature !== null);
	return features.length === 0 ? null : features;
}

/** Why a body does not fit, in the contract's words and order: the fields, unknown ones, names of protocols last. */
function refusal(body: Body, isPartial: boolean): InputError {
	const unknown = Object.keys(body).find((field) => !Object.hasOwn(WORDS, field));
	const found =
		Object.entries(WORDS)
			.filter(([field]) => !isPartial || body[field] !== undefined)
			.map(([field, wordsOf]) => [field, wordsOf(body[field])] as const)
			.find(([, words]) => words !== undefined) ??
		(unknown === undefined
			? ["accept_protos", wrongProtocol(body.accept_protos)]
			: [unknown, `Unknown field: '${unknown}'`]);
	const [field, words = "the body is not a registration"] = found;
	return new InputError(words, field === "profile" && isJsonObject(body.profile) ? MODEL : field);
}

const MODEL = "profile.model";

/** Says of a field's value what is wrong with it; undefined: nothing, as far as this field's own rule goes. */
const WORDS: Readonly<Record<keyof Fields, (value: unknown) => string | undefined>> = {
	accept_protos: (value) => {
		if (typeof value === "string") return undefined;
		if (!Array.isArray(value)) return "Field 'accept_protos' is required and should be a list";
		return value.length === 0 ? "Field 'accept_protos' can not be empty" : undefined;
	},
	name: (value) =>
		value === undefined || value === null || typeof value === "string"
			? undefined
			: "Field 'name' should be a string",
	idf_list: (value) => wordsOnFeatures("idf_list", value),
	odf_list: (value) => wordsOnFeatures("odf_list", value),
	profile: (value) => {
		if (!isJsonObject(value)) return "Field 'profile' is required and it should be a json object";
		return Object.hasOwn(value, "model") ? undefined : "Field 'profile.model' is required.";
	},
};

function wordsOnFeatures(field: string, value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (!Array.isArray(value)) return `Field '${field}' should be a list`;
	return value.length === 0 ? `'${field}' can not be empty` : undefined;
}

function wrongProtocol(value: unknown): string | undefined {
	const list = Array.isArray(value) ? value : [value];
	const index = list.findIndex((protocol) => !Value.Check(Protocol, protocol));
	return index < 0 ? undefined : `Invalid protocol: '${pythonText(list[index])}'`;
}
