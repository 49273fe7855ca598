// Devices as the project manager shows them to a person.
import { type Static, Type } from "@sinclair/typebox";
import { FeatureTypeSchema, IdSchema, MacAddrSchema } from "./ccm-documents.ts";

const IdOrNull = Type.Union([IdSchema, Type.Null()]);
const TextOrNull = Type.Union([Type.String(), Type.Null()]);

export const CcmDeviceSchema = Type.Object({
	d_id: IdSchema,
	mac_addr: MacAddrSchema,
	d_name: Type.String(),
	status: Type.Union([Type.Literal("online"), Type.Literal("offline")]),
	seen: Type.Union([Type.Integer(), Type.Null()], {
		description: "Unix time it came, went or registered; null: not since the server started.",
	}),
	is_http: Type.Boolean({
		description: "Whether it sends and receives over HTTP; false while CSM does not have it.",
	}),
	register_time: Type.Number({ description: "Unix time." }),
	u_id: IdOrNull,
	u_name: TextOrNull,
	dm_id: IdOrNull,
	dm_name: Type.String({ description: "As the device says, also of a model that is unknown." }),
	features: Type.Array(
		Type.Object({
			df_name: Type.String(),
			df_type: FeatureTypeSchema,
			param_no: Type.Integer(),
		}),
		{ description: "As it registered; empty while CSM does not have it." },
	),
	may: Type.Object({
		claim: Type.Boolean(),
		release: Type.Boolean(),
		model: Type.Boolean({ description: "Whether a model can be made of it." }),
	}),
	device_webpage: Type.String(),
	extra_setup_webpage: Type.String(),
	bound: Type.Array(
		Type.Object({
			p_id: IdSchema,
			p_name: Type.String(),
			do_id: IdSchema,
			may: Type.Union([Type.Literal("look"), Type.Literal("edit"), Type.Literal("own")]),
		}),
		{ description: "Where it is bound, in projects this person may look at." },
	),
	bound_elsewhere: Type.Integer({ description: "Bindings in projects of others." }),
});

export type CcmDevice = Static<typeof CcmDeviceSchema>;

/** What a stream of devices tells; its events are named `devices`. */
export interface CcmDeviceEvents {
	readonly devices: {
		/** Whether these are all; else those that are new or changed. */
		readonly whole: boolean;
		readonly devices: readonly CcmDevice[];
		/** Ids of those that are no longer there, or not for this person. */
		readonly gone: readonly string[];
	};
}
