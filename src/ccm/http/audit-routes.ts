import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { failure, type Route, route } from "../../http/mod.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { answering } from "./refusals.ts";
import { projectIdOf } from "./v1-routes.ts";

const NUMBERS = ["project", "before"];

const Entry = Type.Object({
	id: IdSchema,
	at: Type.String({ description: "ISO 8601, UTC." }),
	u_id: Type.Integer({ description: "0: the command line of this machine." }),
	u_name: Type.String(),
	door: Type.Union(
		["rest", "page", "v1", "command line"].map((channel) => Type.Literal(channel)),
		{ description: "How the request came; page: the MQTT API of pages." },
	),
	operation: Type.String(),
	p_id: Type.Union([IdSchema, Type.Null()], {
		description: "null: it is about no single project.",
	}),
	p_name: Type.Optional(
		Type.Union([Type.String(), Type.Null()], {
			description: "Of the project now; null: it is gone, or it is about none.",
		}),
	),
	details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
});

const { id: _, p_id: __, p_name: ___, ...logFields } = Entry.properties;
const LogEntry = Type.Object(logFields);

/** Who changed what, for administrators; and in one project, for those who may look at it. */
export function auditRoutes(service: Service): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/v1/audit",
			summary: "Who changed what in which project, the newest first",
			who: "account",
			refuse,
			query: Type.Object({
				project: Type.Optional(IdSchema),
				user: Type.Optional(Type.String({ description: "Name, as it was at that time." })),
				operation: Type.Optional(Type.String({ description: "Name of an operation." })),
				before: Type.Optional(Type.Integer({ description: "`next` of the answer before." })),
			}),
			replies: {
				200: {
					description: "100 entries at most; `next` is for `before`, null: there are no more",
					schema: Type.Object({
						state: Type.Literal("ok"),
						entries: Type.Array(Entry),
						next: Type.Union([IdSchema, Type.Null()]),
					}),
				},
				400: failure("a field of the query is wrong"),
				403: failure("not an administrator"),
			},
			run: answering(async (context) => {
				const person = needPerson(context);
				const query = [...new URL(context.call.request.url).searchParams];
				const input = Object.fromEntries(query.map(([key, value]) => [key, fieldOf(key, value)]));
				return done(Object(await service.call("get_audit", person, input)));
			}),
		}),
		route({
			method: "GET",
			path: "/api/v1/projects/{p_id}/log",
			summary: "Who changed what in a project, the newest first",
			who: "account",
			refuse,
			params: { p_id: IdSchema },
			replies: {
				200: {
					description: "100 entries at most",
					schema: Type.Object({ state: Type.Literal("ok"), entries: Type.Array(LogEntry) }),
				},
				404: failure("there is no such project, or it is not for this person"),
			},
			run: answering(async (context) => {
				const input = { p_id: projectIdOf(context) };
				return done(Object(await service.call("get_project_log", needPerson(context), input)));
			}),
		}),
	];
}

/** A number where one is asked for and written; anything else is for the operation to refuse. */
function fieldOf(key: string, value: string): string | number {
	return NUMBERS.includes(key) && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
