import { type TSchema, Type } from "@sinclair/typebox";
import { isOnlyHere } from "../../auth/mod.ts";
import { IdSchema, InvitationSchema, MAX_SEATS, NewInvitationSchema } from "../../contract/mod.ts";
import { type Call, failure, type Route, type RouteContext, route } from "../../http/mod.ts";
import { DEFAULT_HOURS, MAX_HOURS } from "../invitations/invitation-service.ts";
import { notFound } from "../projects/refusal.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import type { DeviceEntrance } from "./entrance-routes.ts";
import { needPerson } from "./person.ts";
import { readJson } from "./read-json.ts";
import { answering } from "./refusals.ts";
import { projectIdOf } from "./v1-routes.ts";

const BLOCK = "/api/v1/projects/{p_id}/blocks/{do_id}";
const NOT_FOUND = failure(
	"there is no such project or device object, or it is not for this person to change",
);
const params: Readonly<Record<string, TSchema>> = { p_id: IdSchema, do_id: IdSchema };
const shared = { who: "account", refuse, params } as const;
const ok = <P extends Parameters<typeof Type.Object>[0]>(fields: P) =>
	Type.Object({ state: Type.Literal("ok"), ...fields });
const LocalOnly = Type.Boolean({ description: "Whether only the server's machine reaches it." });
const Wish = Type.Object({
	hours: Type.Optional(
		Type.Integer({
			minimum: 1,
			maximum: MAX_HOURS,
			description: `Of a running server; ${DEFAULT_HOURS} by default.`,
		}),
	),
	seats: Type.Optional(
		Type.Integer({
			minimum: 1,
			maximum: MAX_SEATS,
			description: "Those the device object has by default; 40 where it has none.",
		}),
	),
});
const Done = { 200: { description: "done", schema: ok({ do_id: IdSchema }) }, 404: NOT_FOUND };

/** Inviting phones to a device object: REST v1, for those who may edit its project. */
export function invitationRoutes(service: Service, entrance: DeviceEntrance): Route[] {
	const path = `${BLOCK}/invitation`;
	const make = {
		...shared,
		method: "POST",
		path,
		summary: "Invite phones to a device object, by a new code; an old one ends",
	} as const;
	return [
		route({
			...make,
			replies: {},
			describes: [
				{
					...make,
					body: Wish,
					isBodyOptional: true,
					replies: {
						200: {
							description: "the code, shown only this once",
							schema: ok({ ...NewInvitationSchema.properties, local_only: LocalOnly }),
						},
						400: failure("the input is not what is asked for"),
						404: NOT_FOUND,
						409: failure("CSM is another server's"),
					},
				},
			],
			run: answering(async (context) => {
				const person = needPerson(context);
				const input = { ...(await readJson(context)), ...placeOf(context) };
				const made = await service.call("make_invitation", person, input, "v1");
				return done({ ...Object(made), ...addressOf(context.call, entrance) });
			}),
		}),
		route({
			...shared,
			method: "GET",
			path,
			summary: "State of a device object's invitation, and the phones on its seats",
			replies: {
				200: { description: "the invitation", schema: ok(InvitationSchema.properties) },
				404: NOT_FOUND,
			},
			run: answering((context) => told(service, "get_invitation", context)),
		}),
		route({
			...shared,
			method: "DELETE",
			path,
			summary: "End an invitation; phones on seats stay for a day",
			replies: Done,
			run: answering((context) => told(service, "end_invitation", context)),
		}),
		route({
			...shared,
			method: "DELETE",
			path: `${BLOCK}/seats/{seat}`,
			params: { ...params, seat: Type.Integer({ minimum: 0, description: "From 0." }) },
			summary: "Remove a phone: it is unbound and deregistered",
			replies: Done,
			run: answering((context) =>
				told(service, "remove_seat", context, { seat: numberIn(context, "seat") }),
			),
		}),
	];
}

async function told(
	service: Service,
	operation: string,
	context: RouteContext,
	fields: object = {},
): Promise<Response> {
	const input = { ...placeOf(context), ...fields };
	return done(Object(await service.call(operation, needPerson(context), input, "v1")));
}

function placeOf(context: RouteContext) {
	return { p_id: projectIdOf(context), do_id: numberIn(context, "do_id") };
}

/** @throws Refusal 404 */
function numberIn({ params: found }: RouteContext, name: "do_id" | "seat"): number {
	const text = found[name] ?? "";
	if (/^\d{1,15}$/.test(text)) return Number(text);
	return notFound(name === "do_id" ? `Device Object id ${text}` : `a phone on seat ${text}`);
}

/** Where phones ask for the form: where the caller is, unless that is this machine only. */
function addressOf({ base, prefix, from }: Call, entrance: DeviceEntrance) {
	const { name } = from.host;
	const { addresses, local_only } = entrance.about(name);
	const [inNetwork] = isOnlyHere(name) ? addresses : [];
	return { address: `${inNetwork === undefined ? base : inNetwork + prefix}/join`, local_only };
}
