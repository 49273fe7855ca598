import { type TSchema, Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { failure, type Replies, type Route, type RouteContext, route } from "../../http/mod.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readJson } from "./read-json.ts";
import { answering } from "./refusals.ts";

const CATALOG = "/api/v1/catalog";

const Named = { u_name: Type.String() };
const Uses = Type.Object({
	state: Type.Literal("ok"),
	models: Type.Array(Type.Object({ dm_id: IdSchema, dm_name: Type.String() })),
	projects: Type.Array(Type.Object({ p_id: IdSchema, p_name: Type.String(), ...Named })),
	others: Type.Integer({ description: "Projects this person may not look at." }),
});
const Rows = Type.Array(Type.Object({}, { additionalProperties: true }));
const Catalog = Type.Object({
	state: Type.Literal("ok"),
	models: Rows,
	features: Rows,
	units: Rows,
	tags: Rows,
	categories: Type.Array(Type.String()),
	types: Type.Array(Type.String()),
});
const SeedFile = Type.Object({}, { additionalProperties: true, description: "A seed file." });
const ModelFields = Type.Object({}, { additionalProperties: true, description: "As of REST v0." });
const Imported = Type.Object({
	state: Type.Literal("ok"),
	functions: Type.Integer({ description: "New ones, as below." }),
	features: Type.Integer(),
	models: Type.Integer(),
	skipped: Type.Array(Type.String(), { description: "Names that were there." }),
});

const shared = { who: "account", refuse } as const;
const NOT_FOUND = failure("there is none, or it is not for this person to change");

/** Device models and features with all that belongs to them, for the screen that manages them. */
export function catalogRoutes(service: Service): Route[] {
	const uses = (kind: "model" | "feature", key: "dm_id" | "df_id") =>
		route({
			...shared,
			method: "GET",
			path: `${CATALOG}/${kind}s/{${key}}/uses`,
			summary: `Where a device ${kind} is used`,
			params: { [key]: IdSchema },
			replies: { 200: { description: "models and projects", schema: Uses }, 404: NOT_FOUND },
			run: answering(async (context) => {
				const input = { [key]: Number(context.params[key]) };
				return done(
					Object(await service.call(`get_device_${kind}_uses`, needPerson(context), input)),
				);
			}),
		});
	return [
		route({
			...shared,
			method: "GET",
			path: CATALOG,
			summary: "Device models, features, units, tags, categories and types",
			replies: { 200: { description: "all of them", schema: Catalog } },
			run: answering(async (context) =>
				done(Object(await service.call("get_catalog", needPerson(context), {}))),
			),
		}),
		uses("model", "dm_id"),
		uses("feature", "df_id"),
		...changingRoutes(service),
	];
}

function changingRoutes(service: Service): Route[] {
	return [
		writing(
			{
				path: `${CATALOG}/models/{dm_id}`,
				summary: "Change a device model, also while it is used: no block loses anything",
				params: { dm_id: IdSchema },
				body: ModelFields,
				replies: {
					200: {
						description: "done",
						schema: Type.Object({ state: Type.Literal("ok"), dm_id: IdSchema }),
					},
					404: NOT_FOUND,
					409: failure("blocks of projects rely on what would change"),
				},
			},
			async (context) => {
				const person = needPerson(context);
				const input = { ...(await readJson(context)), dm_id: Number(context.params.dm_id) };
				return done(Object(await service.call("change_device_model", person, input, "v1")));
			},
		),
		writing(
			{
				path: `${CATALOG}/import`,
				summary: "Load a seed file: all of it, or nothing; names that exist are left as they are",
				body: SeedFile,
				replies: { 200: { description: "how much was new", schema: Imported } },
			},
			async (context) => {
				const person = needPerson(context);
				const file = await readJson(context, ["Function"]);
				return done(Object(await service.call("import_seed", person, { file }, "v1")));
			},
		),
	];
}

interface Writing {
	readonly path: string;
	readonly summary: string;
	readonly params?: Readonly<Record<string, TSchema>>;
	readonly body: TSchema;
	readonly replies: Replies;
}

/** The body is read by hand: its type may be missing, and the operation says what is wrong with it. */
function writing(
	{ replies, body, ...declared }: Writing,
	run: (context: RouteContext) => Promise<Response>,
): Route {
	const all = { ...shared, ...declared, method: "POST" } as const;
	const described = {
		400: failure("the input is not what is asked for"),
		403: failure("not for this kind of person"),
		429: failure("too many requests of this account; Retry-After says how long to wait"),
		...replies,
	};
	return route({
		...all,
		replies: {},
		describes: [{ ...all, body, replies: described }],
		run: answering(run),
	});
}
