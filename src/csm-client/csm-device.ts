import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
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
}

const Metadata = Type.Object({
	id: Type.String(),
	name: Type.Optional(Type.Unknown()),
	state: Type.Optional(Type.Unknown()),
	profile: Type.Optional(Type.Unknown()),
	register_time: Type.Optional(Type.Unknown()),
	origin: Type.Optional(Type.Unknown()),
});

/** Reads what `attach` and `register` give of a device; undefined: it is not of that shape. */
export function readDevice(value: unknown): CsmDevice | undefined {
	if (!Value.Check(Metadata, value) || !isUuid(value.id.toLowerCase())) return undefined;
	const { id, name, state, register_time, origin }: Static<typeof Metadata> = value;
	const profile = objectOf(value.profile);
	return {
		id: id.toLowerCase(),
		name: typeof name === "string" ? name : "",
		presence: state === "online" || state === "offline" ? state : "nothing",
		model: typeof profile.model === "string" ? profile.model : null,
		profile,
		registerTime: typeof register_time === "number" ? register_time : null,
		origin: typeof origin === "string" ? origin : null,
	};
}

/** Reads the list of an `attach` reply; entries of another shape are left out. */
export function readDeviceList(list: unknown): Map<string, CsmDevice> {
	const devices = Object.values(objectOf(list)).flatMap((entry) => readDevice(entry) ?? []);
	return new Map(devices.map((device) => [device.id, device]));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
