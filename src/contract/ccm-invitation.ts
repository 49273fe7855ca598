// Inviting phones to a block: what REST v1 answers and a project's stream tells.
import { type Static, Type } from "@sinclair/typebox";
import { type IdSchema, MacAddrSchema } from "./ccm-documents.ts";
import { MAX_SEATS } from "./seats.ts";

/** Clocks of browsers differ; this counts down on any. */
const LeftSchema = Type.Number({ description: "Seconds until then; 0: it has ended." });
const MarkSchema = Type.Integer({
	description: "Another one for each code, by which a page knows its own; 0: there is none.",
});
const TextOrNull = Type.Union([Type.String(), Type.Null()]);

/** A phone that has joined. */
const InvitedMemberSchema = Type.Object({
	seat: Type.Integer({ minimum: 0, maximum: MAX_SEATS - 1 }),
	name: Type.String({ description: "Of the device." }),
	nickname: TextOrNull,
	online: Type.Boolean(),
	da_id: MacAddrSchema,
});

/** State of a block's invitation. */
export const InvitationSchema = Type.Object({
	until: Type.Union([Type.Number(), Type.Null()], {
		description: "Unix time at which the code ends, by the server's clock; null: there is none.",
	}),
	left_s: LeftSchema,
	mark: MarkSchema,
	taken: Type.Integer({ description: "Seats with a device." }),
	seats: Type.Union([Type.Integer(), Type.Null()], {
		description: "Null: the block is for one device.",
	}),
	members: Type.Array(InvitedMemberSchema),
	wrong: Type.Integer({
		description: "Wrong codes that came to this server since the invitation was made.",
	}),
});

/** A code as it is shown to those who are to join; the server keeps only its hash. */
export const NewInvitationSchema = Type.Object({
	code: Type.String({ description: "Six letters, none of which looks like another sign." }),
	until: Type.Number({ description: "Unix time, by the server's clock." }),
	left_s: LeftSchema,
	mark: MarkSchema,
	address: Type.String({
		description: "The page that asks for the code; with `/CODE` behind it, the one that takes it.",
	}),
	seats: Type.Integer(),
});

export type InvitedMember = Static<typeof InvitedMemberSchema>;
export type Invitation = Static<typeof InvitationSchema>;
export type NewInvitation = Static<typeof NewInvitationSchema>;

/** An invitation in a project's stream. */
export interface InvitationView extends Invitation {
	readonly do_id: Static<typeof IdSchema>;
}
