import { InputError, isJsonObject, pythonText } from "../kit/mod.ts";

/** What a device says of itself (`csm.md §2.2`), checked. */
export interface Registration {
	/** null: keep the stored name, or make one. */
	readonly name: string | null;
	readonly acceptProtos: readonly string[];
	readonly idfList: readonly unknown[] | null;
	readonly odfList: readonly unknown[] | null;
	readonly profile: Readonly<Record<string, unknown>>;
}

const FIELDS = ["accept_protos", "name", "idf_list", "odf_list", "profile"];
const PROTOCOLS = ["mqtt", "zmq", "websocket"];

type Body = Readonly<Record<string, unknown>>;

/**
 * Checks the body of PUT, in the order of `csm.md §2.2`. Features are not looked into: SDKs send
 * names with units, without, with null or with a mode instead.
 * @throws InputError with the contract's reason.
 */
export function readRegistration(body: Body): Registration {
	const acceptProtos = readProtocolList(body.accept_protos);
	const name = readName(body.name);
	const idfList = readFeatures(body, "idf_list");
	const odfList = readFeatures(body, "odf_list");
	const profile = readProfile(body.profile);
	refuseUnknown(body);
	return { name, acceptProtos: checkProtocols(acceptProtos), idfList, odfList, profile };
}

/**
 * Checks the body of POST: any part of a registration, by the same rules (`csm.md §2.5`).
 * @throws InputError as {@link readRegistration}.
 */
export function readRegistrationChanges(body: Body): Partial<Registration> {
	const has = (field: string) => body[field] !== undefined;
	const protocols = has("accept_protos") ? readProtocolList(body.accept_protos) : undefined;
	const changes = {
		...(has("name") && { name: readName(body.name) }),
		...(has("idf_list") && { idfList: readFeatures(body, "idf_list") }),
		...(has("odf_list") && { odfList: readFeatures(body, "odf_list") }),
		...(has("profile") && { profile: readProfile(body.profile) }),
	};
	refuseUnknown(body);
	return protocols === undefined
		? changes
		: { ...changes, acceptProtos: checkProtocols(protocols) };
}

/** Whether the device can be reached over MQTT: anywhere in its list counts (`csm.md §2.2`). */
export function speaksMqtt(acceptProtos: readonly string[]): boolean {
	return acceptProtos.some((protocol) => protocol.toLowerCase() === "mqtt");
}

function readProtocolList(value: unknown): readonly unknown[] {
	// The JS SDK without options sends a bare string.
	const list = typeof value === "string" ? [value] : value;
	if (!Array.isArray(list)) {
		throw new InputError("Field 'accept_protos' is required and should be a list", "accept_protos");
	}
	if (list.length === 0) {
		throw new InputError("Field 'accept_protos' can not be empty", "accept_protos");
	}
	return list;
}

function checkProtocols(list: readonly unknown[]): string[] {
	return list.map((protocol) => {
		if (typeof protocol === "string" && PROTOCOLS.includes(protocol.toLowerCase())) return protocol;
		throw new InputError(`Invalid protocol: '${pythonText(protocol)}'`, "accept_protos");
	});
}

function readName(value: unknown): string | null {
	if (value === undefined || value === null) return null;
	if (typeof value !== "string") throw new InputError("Field 'name' should be a string", "name");
	return value.trim();
}

function readFeatures(body: Body, field: "idf_list" | "odf_list"): unknown[] | null {
	const value = body[field];
	if (value === undefined || value === null) return null;
	if (!Array.isArray(value)) throw new InputError(`Field '${field}' should be a list`, field);
	if (value.length === 0) throw new InputError(`Field '${field}' can not be empty`, field);
	// The Java SDK says "no features" with [null].
	const features = value.filter((feature) => feature !== null);
	return features.length === 0 ? null : features;
}

function readProfile(value: unknown): Record<string, unknown> {
	if (!isJsonObject(value)) {
		throw new InputError("Field 'profile' is required and it should be a json object", "profile");
	}
	if (!Object.hasOwn(value, "model")) {
		throw new InputError("Field 'profile.model' is required.", "profile.model");
	}
	return { ...value };
}

function refuseUnknown(body: Body): void {
	const unknown = Object.keys(body).find((field) => !FIELDS.includes(field));
	if (unknown !== undefined) throw new InputError(`Unknown field: '${unknown}'`, unknown);
}
