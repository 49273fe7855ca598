import { Type } from "@sinclair/typebox";
import { failure, Reply, type Route, type RouteContext, route } from "../../http/mod.ts";
import { withoutLoneSurrogates } from "../../kit/mod.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import type { Person } from "../service/operation.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readJson } from "./read-json.ts";
import { answering } from "./refusals.ts";

const PId = Type.String({ description: "Id of the project." });
const Bundle = Type.String({ description: "1: with models, features and functions." });
const ImportForm = Type.Object({
	p_name: Type.String({ description: "Name of the new project." }),
	importfilename: Type.String({ format: "binary", description: "The exported file." }),
	owner: Type.Optional(
		Type.String({ description: "Name of the owner; only administrators may give it." }),
	),
});
const Claim = Type.Object({ d_id: Type.Union([Type.Integer(), Type.String()]) });
const Ok = Type.Object({ state: Type.Literal("ok") }, { additionalProperties: true });
const NOT_FOUND = failure("there is none, or it is not for this person");

/** Export and import of projects, and claiming devices (`ccm-gui.md §4`, `§10`). */
export function transferRoutes(service: Service): Route[] {
	const shared = { who: "account", refuse } as const;
	return [
		route({
			...shared,
			method: "GET",
			path: "/export_project",
			summary: "A project as a file",
			query: Type.Object({ p_id: PId, bundle: Type.Optional(Bundle) }),
			replies: {
				200: { description: "the file", schema: Type.Object({}), fields: ["Content-Disposition"] },
				404: NOT_FOUND,
			},
			run: answering(async (context) => exported(service, needPerson(context), context)),
		}),
		route({
			...shared,
			method: "POST",
			path: "/import_project",
			summary: "Create a project from an exported file",
			describes: [
				{
					method: "POST",
					path: "/import_project",
					summary: "Create a project from an exported file",
					who: "account",
					body: ImportForm,
					bodyType: "multipart",
					replies: {
						200: { description: "the project's id", schema: Ok },
						303: { description: "for a form in a page: to the project", fields: ["Location"] },
						400: failure("the file or the name is not accepted; `missing` lists unknown names"),
					},
				},
			],
			replies: {},
			run: answering(async (context) => imported(service, needPerson(context), context)),
		}),
		route({
			...shared,
			method: "POST",
			path: "/device_confirm",
			summary: "Claim a device without an owner",
			describes: [
				{
					method: "POST",
					path: "/device_confirm",
					summary: "Claim a device without an owner",
					who: "account",
					body: Claim,
					replies: { 200: { description: "it is this person's now", schema: Ok }, 404: NOT_FOUND },
				},
			],
			replies: {},
			run: answering(async (context) => {
				const person = needPerson(context);
				const d_id = numberOf((await fieldsOf(context)).d_id);
				return done(Object(await service.call("claim_device", person, { d_id })));
			}),
		}),
	];
}

async function exported(
	service: Service,
	person: Person,
	{ call }: RouteContext,
): Promise<Response> {
	const query = new URL(call.request.url).searchParams;
	const p_id = numberOf(query.get("p_id") ?? undefined);
	const bundle = query.get("bundle") === "1" || query.get("bundle") === "true";
	const file = (await service.call("export_project", person, { p_id, bundle })) as {
		readonly project: { readonly p_name: string };
	};
	return new Reply(200, JSON.stringify(file), {
		"cache-control": "no-store",
		"content-disposition": dispositionOf(`${file.project.p_name}.json`),
		"content-type": "application/json",
		"x-content-type-options": "nosniff",
	});
}

async function imported(
	service: Service,
	person: Person,
	context: RouteContext,
): Promise<Response> {
	if (!context.body.isThere) badRequest("No file selected", "importfilename");
	const form = await context.body.form();
	const upload = form.get("importfilename");
	const text = typeof upload === "string" ? upload : await upload?.text();
	if (text === undefined || text === "") return badRequest("No file selected", "importfilename");
	const p_name = form.get("p_name");
	if (typeof p_name !== "string" || p_name.trim() === "") {
		return badRequest("Please select a new project name", "p_name");
	}
	const file = parsed(text);
	const named = form.get("owner");
	const owner = typeof named === "string" && named !== "" ? named : undefined;
	const made = await nameTaken(service.call("import_project", person, { p_name, file, owner }));
	const { p_id } = made as { readonly p_id: number };
	const isPage = (context.call.headers.get("accept") ?? "").includes("text/html");
	if (!isPage) return done({ p_id });
	return new Reply(303, null, { "cache-control": "no-store", location: `gui/#/p/${p_id}` });
}

/** A name that is taken is said in the words of the import (`ccm-gui.md §10`). */
async function nameTaken<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof Refusal && error.message === "project name already exists") {
			return badRequest("Project name already exists", "p_name");
		}
		throw error;
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(withoutLoneSurrogates(text));
	} catch {
		return badRequest("Invalid format: the file is not JSON", "importfilename");
	}
}

/** Fields of a JSON body or a form. */
async function fieldsOf(context: RouteContext): Promise<Readonly<Record<string, unknown>>> {
	const json = await readJson(context);
	if (json !== undefined) return json;
	return context.body.isThere ? Object.fromEntries(await context.body.form()) : {};
}

/** An id as a query or a form writes it; anything else is for the operation to refuse. */
function numberOf(value: unknown): unknown {
	return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** `Content-Disposition` for any name (RFC 6266). */
function dispositionOf(name: string): string {
	const plain = name.replaceAll(/[^\w.-]/g, "_");
	return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
