import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { failure, type Route, route } from "../../http/mod.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readJson } from "./read-json.ts";
import { answering } from "./refusals.ts";

const PATH = "/api/v1/templates";

const Body = Type.Object({
	p_name: Type.Optional(
		Type.String({ description: "If absent the template's own, with a number if that is taken." }),
	),
	lang: Type.Optional(
		Type.Union([Type.Literal("en"), Type.Literal("zh")], {
			description: "Language of the names in it; if absent en.",
		}),
	),
});
const Templates = Type.Object({
	state: Type.Literal("ok"),
	templates: Type.Array(
		Type.Object({
			name: Type.String(),
			titles: Type.Object({ en: Type.String(), zh: Type.String() }),
			blocks: Type.Array(Type.String(), { description: "Names of their models." }),
			joins: Type.Integer(),
		}),
	),
});
const Made = Type.Object({ state: Type.Literal("ok"), p_id: IdSchema, p_name: NameSchema });

/** Projects to begin with: they run and simulate their devices until real ones are bound. */
export function templateRoutes(service: Service): Route[] {
	const shared = { who: "account", refuse } as const;
	const make = {
		...shared,
		method: "POST",
		path: `${PATH}/{name}`,
		params: { name: Type.String() },
		summary: "Create a running project from a template",
	} as const;
	return [
		route({
			...shared,
			method: "GET",
			path: PATH,
			summary: "Templates of projects",
			replies: { 200: { description: "templates", schema: Templates } },
			run: answering(async (context) => {
				const templates = await service.call("get_templates", needPerson(context), {});
				return done({ templates });
			}),
		}),
		route({
			...make,
			replies: {},
			describes: [
				{
					...make,
					body: Body,
					isBodyOptional: true,
					replies: {
						200: { description: "the project: it is on and simulates its devices", schema: Made },
						400: failure("the name is taken, or a model of the template is another one here"),
						403: failure("not for students"),
						404: failure("there is no such template"),
					},
				},
			],
			run: answering(async (context) => {
				const person = needPerson(context);
				const body = await readJson(context);
				const name = nameIn(context.params.name ?? "");
				const made = await service.call(
					"create_project_from_template",
					person,
					{ ...body, name },
					"v1",
				);
				return done(Object(made));
			}),
		}),
	];
}

/** Paths are handed on as they were written; templates have plain names. */
function nameIn(segment: string): string {
	return segment === "" ? "?" : segment.slice(0, 100);
}
