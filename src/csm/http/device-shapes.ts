import { type TProperties, Type } from "@sinclair/typebox";
import { RegistrationBody } from "../../contract/mod.ts";

/** A device's id in a path. */
export const DeviceId = Type.String({
	format: "uuid",
	description: "Of any version, in any case; answered in lowercase.",
});

const answered = (fields: TProperties) =>
	Type.Object({ id: Type.String({ format: "uuid" }), state: Type.Literal("ok"), ...fields });
const { name, ...kept } = RegistrationBody.properties;

/** What PUT answers (`csm.md §2.2`). */
export const Registered = answered({
	rev: Type.String({ description: "Names this registration; DELETE and presence need it." }),
	name: Type.String(),
	url: Type.Optional(
		Type.Object(
			{
				scheme: Type.String(),
				host: Type.String(),
				port: Type.Integer(),
				ws_scheme: Type.String(),
				ws_port: Type.Integer(),
			},
			{ description: "The broker; only for devices that speak MQTT." },
		),
	),
	ctrl_chans: Type.Optional(
		Type.Array(Type.String(), { description: "Uplink and downlink; only with url." }),
	),
	up: Type.Optional(
		Type.String({ description: "Where it sends values; only for devices that speak HTTP." }),
	),
	down: Type.Optional(Type.String({ description: "Where it receives values; only with up." })),
	username: Type.Optional(Type.String({ description: "The device's login, where it needs one." })),
	password: Type.Optional(Type.String()),
});

/** A registration as GET and POST answer it (`csm.md §2.3`); what is empty is left out. */
export const Device = answered({
	rev: Type.Optional(Type.String({ description: "Left out where a web page could read it." })),
	register_time: Type.Number({ description: "Unix time of the first registration, seconds." }),
	name,
	...kept,
});

/** The body of DELETE (`csm.md §2.4`). */
export const RevBody = Type.Object({
	rev: Type.String({ description: "Of the current registration." }),
});

/** What DELETE answers. */
export const Deregistered = answered({});
