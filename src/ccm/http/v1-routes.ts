import { type TSchema, Type } from "@sinclair/typebox";
import {
	ChangeSchema,
	ChangeSetSchema,
	IdSchema,
	ProjectDocumentSchema,
	ProjectPartsSchema,
} from "../../contract/mod.ts";
import { failure, type Replies, type Route, type RouteContext, route } from "../../http/mod.ts";
import type { LiveProjects } from "../live/live-projects.ts";
import { notFound } from "../projects/refusal.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readFields, readJson } from "./read-json.ts";
import { answering } from "./refusals.ts";

const PROJECTS = "/api/v1/projects";
const PROJECT = `${PROJECTS}/{p_id}`;

const May = Type.Union([Type.Literal("look"), Type.Literal("edit"), Type.Literal("own")]);
const { blocks: _, joins: __, ...headFields } = ProjectDocumentSchema.properties;
const Card = Type.Object({
	...headFields,
	may: May,
	u_name: Type.Union([Type.String(), Type.Null()], { description: "Of the owner." }),
	is_unreadable: Type.Optional(
		Type.Literal(true, {
			description: "Its row in the database cannot be read: it can only be deleted.",
		}),
	),
	blocks: Type.Integer({ description: "How many." }),
	joins: Type.Integer({ description: "How many." }),
	devices: Type.Object({
		bound: Type.Integer({ description: "Seats with a device." }),
		online: Type.Integer({ description: "Of those." }),
		simulated: Type.Integer({ description: "Device objects that are simulated." }),
	}),
	failed: Type.Integer({ description: "Links and joins that CSM refuses at the moment." }),
	rate: Type.Null({ description: "Not counted." }),
});
const StepInput = Type.Object({
	skip: Type.Optional(
		Type.Boolean({
			description: "Forget steps that cannot be taken any more, and take the one before them.",
		}),
	),
});

const ok = <P extends Record<string, TSchema>>(fields: P) =>
	Type.Object({ state: Type.Literal("ok"), ...fields });
const steps = {
	can_undo: Type.Boolean({
		description: "Whether there is a step of this person's own to take back.",
	}),
	can_redo: Type.Boolean({ description: "Whether there is one to carry out again." }),
};
const Changed = ok({
	rev: Type.Integer({ description: "Of the project from now on." }),
	changes: Type.Array(ChangeSchema, { description: "What was carried out, with the ids given." }),
	inverse: Type.Array(ChangeSchema, { description: "What takes it back." }),
	parts: ProjectPartsSchema,
	...steps,
});

/** Pages close and open streams. */
const RETRY_SECONDS = "5";

const NOT_FOUND = failure("there is no such project, or it is not for this person");
const shared = { who: "account", refuse, params: { p_id: IdSchema } } as const;
const changed = (conflict: string): Replies => ({
	200: { description: "done", schema: Changed },
	400: failure("the input is not what is asked for; or the changes contradict each other"),
	404: failure("there is no such project or part of it, or it is not for this person"),
	409: failure(conflict),
	429: failure("too many requests of this account; Retry-After says how long to wait"),
});

/** Streams of events; `LiveProjects` fulfils it. */
export type LiveStreams = Pick<LiveProjects, "open">;

/** Projects as documents that people change together: REST v1 (`docs/http.md`). */
export function v1Routes(service: Service, live: LiveStreams): Route[] {
	return [...readingRoutes(service), ...changingRoutes(service), eventRoute(live)];
}

function readingRoutes(service: Service): Route[] {
	return [
		route({
			...{ who: "account", refuse },
			method: "GET",
			path: PROJECTS,
			summary: "Your projects and those shared with you, without their contents",
			query: Type.Object({
				all: Type.Optional(
					Type.Literal("1", { description: "Those of everyone, for administrators." }),
				),
			}),
			replies: {
				200: {
					description: "projects, with what one may do",
					schema: ok({ projects: Type.Array(Card) }),
				},
				403: failure("`all` is for administrators"),
			},
			run: answering(async (context) => {
				const all = new URL(context.call.request.url).searchParams.get("all") === "1";
				const projects = await service.call("get_projects", needPerson(context), { all });
				return done({ projects });
			}),
		}),
		route({
			...shared,
			method: "GET",
			path: PROJECT,
			summary: "A project as one document, with its revision",
			replies: {
				200: {
					description: "the document, and what one may do with it",
					schema: ok({ project: ProjectDocumentSchema, may: May, ...steps }),
				},
				404: NOT_FOUND,
			},
			run: answering(async (context) => {
				const input = { p_id: projectIdOf(context) };
				return told(await service.call("get_project_document", needPerson(context), input));
			}),
		}),
	];
}

function changingRoutes(service: Service): Route[] {
	const step = (name: "undo" | "redo", summary: string) => {
		const declared = { ...shared, method: "POST", path: `${PROJECT}/${name}`, summary } as const;
		const conflict = `there is nothing to ${name}, or another person has changed the same since`;
		return route({
			...declared,
			replies: {},
			describes: [
				{ ...declared, body: StepInput, isBodyOptional: true, replies: changed(conflict) },
			],
			run: answering(async (context) => {
				const person = needPerson(context);
				const p_id = projectIdOf(context);
				const body = await readJson(context);
				return told(await service.call(`${name}_project`, person, { ...body, p_id }, "v1"));
			}),
		});
	};
	const change = {
		...shared,
		method: "POST",
		path: `${PROJECT}/changes`,
		summary: "Change a project: all the changes, or none",
	} as const;
	const conflict = "the changes were made on an older revision, and do not apply any more";
	return [
		route({
			...change,
			replies: {},
			describes: [{ ...change, body: ChangeSetSchema, replies: changed(conflict) }],
			run: answering(async (context) => {
				const person = needPerson(context);
				const p_id = projectIdOf(context);
				const input = await readFields(context, ChangeInput);
				return told(await service.call("change_project", person, { ...input, p_id }, "v1"));
			}),
		}),
		step("undo", "Undo your last step in a project"),
		step("redo", "Redo the step you undid last"),
	];
}

/** The stream of a project's events (`ProjectEvents` of `contract`). */
function eventRoute(live: LiveStreams): Route {
	return route({
		...shared,
		method: "GET",
		path: `${PROJECT}/events`,
		summary: "A project as it changes, as server-sent events: everything first, then what is new",
		replies: {
			200: {
				description:
					"events `project`, `changes`, `presence`, `links`, `values`, `errors`, `people`, each with JSON",
				type: "text/event-stream",
			},
			404: NOT_FOUND,
			429: failure(
				"this person has too many streams, or failed to log in too often",
				"Retry-After",
			),
			503: failure("the server has too many streams", "Retry-After"),
		},
		run: answering(async (context) => {
			const person = needPerson(context);
			const pId = projectIdOf(context);
			const opened = await live.open(person, pId, () => context.stillMay());
			if (opened instanceof Response) return opened;
			const fields = { "retry-after": RETRY_SECONDS };
			return opened.full === "person"
				? refuse(429, "this account has as many streams open as one may have", fields)
				: refuse(503, "the server has as many streams open as it can serve", fields);
		}),
	});
}

/** The changes are looked at one by one by the service, which names the first that is wrong. */
const ChangeInput = Type.Object({
	base_rev: ChangeSetSchema.properties.base_rev,
	changes: Type.Array(Type.Unknown(), { minItems: 1 }),
});

/** @throws Refusal 404: the path names no project. */
export function projectIdOf({ params }: RouteContext): number {
	const { p_id = "" } = params;
	return /^[1-9]\d{0,15}$/.test(p_id) ? Number(p_id) : notFound(`project id ${p_id}`);
}

function told(result: unknown): Response {
	return done({ ...Object(result) });
}
