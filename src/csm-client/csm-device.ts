import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { speaksHttp } from "../contract/mod.ts";
import { isUuid } from "../kit/mod.ts";

export type Presence = "nothing" | "offline" | "online";

/** A registered device, as CSM tells of it (`csm.md §7`). */
export interface CsmDevice {
	/** UUID in lowercase. */
	readonly id: string;
	readonly name: string;
	readonly presence: Presence;
	/** Text of `profile.model`; null where it is none. */
	readonly model: string | null;
	readonly profile: Readonly<Record<string, unknown>>;
	/** Unix time of the first registration, seconds; null where CSM does not say. */
	readonly registerTime: number | null;
	/** The web page of another origin that registered it, which may be anyone's; null: none did. */
	readonly origin: string | null;
	/** Whether it sends and receives over HTTP. */
	readonly isHttp?: boolean;
	/** As it registered, at most {@link MAX_FEATURES} each way; undefined where CSM does not say. */
	readonly inputs?: readonly DeviceFeature[];
	readonly outputs?: readonly DeviceFeature[];
}

/** A feature as a device registers it. */
export interface DeviceFeature {
	readonly name: string;
	/** Values of one message: as many as it has units, one where it names none. */
	readonly values: number;
}

/** More are not kept of one device. */
const MAX_FEATURES = 200;
/** A device may name more units than any message has values. */
const MAX_VALUES = 1000;

const Metadata = Type.Object({
	id: Type.String(),
	name: Type.Optional(Type.Unknown()),
	state: Type.Optional(Type.Unknown()),
	profile: Type.Optional(Type.Unknown()),
	register_time: Type.Optional(Type.Unknown()),
	accept_protos: Type.Optional(Type.Unknown()),
	origin: Type.Optional(Type.Unknown()),
	idf_list: Type.Optional(Type.Unknown()),
	odf_list: Type.Optional(Type.Unknown()),
});

/** Reads what `attach` and `register` give of a device; undefined: it is not of that shape. */
export function readDevice(value: unknown): CsmDevice | undefined {
	if (!Value.Check(Metadata, value) || !isUuid(value.id.toLowerCase())) return undefined;
	const { id, name, state, register_time, origin, idf_list, odf_list }: Static<typeof Metadata> =
		value;
	const profile = objectOf(value.profile);
	return {
		id: id.toLowerCase(),
		name: typeof name === "string" ? name : "",
		presence: state === "online" || state === "offline" ? state : "nothing",
		model: typeof profile.model === "string" ? profile.model : null,
		profile,
		registerTime: typeof register_time === "number" ? register_time : null,
		origin: typeof origin === "string" ? origin : null,
		isHttp: isHttp(value.accept_protos),
		...(Array.isArray(idf_list) && { inputs: featuresOf(idf_list) }),
		...(Array.isArray(odf_list) && { outputs: featuresOf(odf_list) }),
	};
}

function isHttp(protocols: unknown): boolean {
	return Array.isArray(protocols) && speaksHttp(protocols.map(String));
}

/** SDKs send names with units, without, with null or with a mode instead (`csm.md §2.2`). */
function featuresOf(list: readonly unknown[]): DeviceFeature[] {
	const features = new Map<string, DeviceFeature>();
	for (const entry of list) {
		const [name, units]: readonly unknown[] = Array.isArray(entry) ? entry : [entry];
		if (typeof name !== "string" || name === "" || features.size >= MAX_FEATURES) continue;
		const values = Array.isArray(units) ? Math.min(MAX_VALUES, Math.max(1, units.length)) : 1;
		features.set(name, { name, values });
	}
	return [...features.values()];
}

/** Reads the list of an `attach` reply; entries of another shape are left out. */
export function readDeviceList(list: unknown): Map<string, CsmDevice> {
	const devices = Object.values(objectOf(list)).flatMap((entry) => readDevice(entry) ?? []);
	return new Map(devices.map((device) => [device.id, device]));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
