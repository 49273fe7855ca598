import { Type } from "@sinclair/typebox";
import { failure, type Route, type RouteContext, route } from "../../http/mod.ts";
import { notFound } from "../projects/refusal.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { answering } from "./refusals.ts";

const PATH = "/api/v1/account/sessions";
const Ended = Type.Object({ state: Type.Literal("ok"), ended: Type.Integer() });
const Sessions = Type.Object({
	state: Type.Literal("ok"),
	sessions: Type.Array(
		Type.Object({
			id: Type.String(),
			since: Type.Integer({ description: "Unix time of the login." }),
			seen: Type.Integer({ description: "Unix time of the last request." }),
			is_this: Type.Boolean({ description: "Whether this request is of it." }),
		}),
	),
});

/** Where a person is logged in, and ending that. */
export function sessionListRoutes(): Route[] {
	const shared = { who: "account", refuse } as const;
	return [
		route({
			...shared,
			method: "GET",
			path: PATH,
			summary: "Your sessions, the last used first",
			replies: { 200: { description: "your sessions", schema: Sessions } },
			run: answering(async (context) => {
				const { u_name } = needPerson(context);
				return done({ sessions: await context.logins().sessionsOf(u_name) });
			}),
		}),
		route({
			...shared,
			method: "DELETE",
			path: PATH,
			summary: "End all your sessions but this one",
			replies: { 200: { description: "how many ended", schema: Ended } },
			run: answering(async (context) => done({ ended: await ended(context) })),
		}),
		route({
			...shared,
			method: "DELETE",
			path: `${PATH}/{session}`,
			params: { session: Type.String({ description: "Its `id`." }) },
			summary: "End one of your sessions",
			replies: {
				200: { description: "it has ended", schema: Ended },
				404: failure("one has no such session"),
			},
			run: answering(async (context) => {
				const { session = "" } = context.params;
				if ((await ended(context, session)) === 0) return notFound(`session ${session}`);
				return done({ ended: 1 });
			}),
		}),
	];
}

/** @param id Undefined: all but that of the request. */
function ended(context: RouteContext, id?: string): Promise<number> {
	const { u_name } = needPerson(context);
	return context.logins().endSessions(u_name, id);
}
