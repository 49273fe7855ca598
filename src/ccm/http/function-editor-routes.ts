import { type TObject, Type } from "@sinclair/typebox";
import {
	CcmFunctionItemSchema,
	CcmFunctionSchema,
	CcmFunctionUsesSchema,
	IdSchema,
	PinnedListSchema,
} from "../../contract/mod.ts";
import { failure, type Replies, type Route, type RouteContext, route } from "../../http/mod.ts";
import { notFound } from "../projects/refusal.ts";
import type { Service } from "../service/service.ts";
import { answer, done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readFields } from "./read-json.ts";
import { answering } from "./refusals.ts";

const FUNCTIONS = "/api/v1/functions";
const ONE = `${FUNCTIONS}/{fn_id}`;

const OK = Type.Object({ state: Type.Literal("ok") });
const ok = <T extends TObject>(schema: T) => Type.Composite([OK, schema]);
const Saved = ok(Type.Object({ fn_id: IdSchema, fnvt_idx: IdSchema }));
const pinned = Type.Optional(PinnedListSchema);
const NewBody = Type.Object({
	fn_name: Type.String(),
	code: Type.String(),
	pinned,
	df_id: Type.Optional(
		Type.Union([IdSchema, Type.Null()], {
			description: "The feature it is offered for; null: joins.",
		}),
	),
});
const SaveBody = Type.Object({
	code: Type.String(),
	pinned,
	base: Type.Optional(
		Type.Integer({
			description: "fnvt_idx the change was made on; refused if there is a newer one.",
		}),
	),
});
const shared = { who: "account", refuse } as const;
const NOT_FOUND = failure("there is no such function, or it is not for this person");
const REFUSED: Replies = {
	400: failure("Python does not accept the source; or the input is not what is asked for"),
	403: failure("not for students"),
	404: NOT_FOUND,
};

/** Functions for an editor: REST v1. */
export function functionEditorRoutes(service: Service): Route[] {
	const reading = (path: string, operation: string, summary: string, schema: TObject) =>
		route({
			...shared,
			method: "GET",
			path,
			summary,
			...(path !== FUNCTIONS && { params: { fn_id: IdSchema } }),
			replies: { 200: { description: "as asked", schema: ok(schema) }, 404: NOT_FOUND },
			run: answering(async (context) => {
				const input = path === FUNCTIONS ? {} : { fn_id: idIn(context) };
				return done(Object(await service.call(operation, needPerson(context), input)));
			}),
		});
	const items = Type.Object({ functions: Type.Array(CcmFunctionItemSchema) });
	return [
		reading(FUNCTIONS, "list_functions", "Functions a person may use", items),
		reading(ONE, "show_function", "A function with its newest source", CcmFunctionSchema),
		reading(`${ONE}/uses`, "show_function_uses", "Where it is used", CcmFunctionUsesSchema),
		addRoute(service),
		saveRoute(service),
	];
}

function addRoute(service: Service): Route {
	const add = {
		...shared,
		method: "PUT",
		path: FUNCTIONS,
		summary: "Create a function; one of the same name is left as it is",
	} as const;
	const replies: Replies = {
		201: { description: "made", schema: Saved },
		...REFUSED,
		409: failure("the person has one of that name, or the name is the system's"),
	};
	return route({
		...add,
		replies: {},
		describes: [{ ...add, body: NewBody, replies }],
		run: answering(async (context) => {
			const person = needPerson(context);
			const input = await readFields(context, AddInput, ["pinned"]);
			const made = Object(await service.call("add_function", person, input, "v1"));
			return answer(201, { state: "ok", ...made });
		}),
	});
}

function saveRoute(service: Service): Route {
	const save = {
		...shared,
		method: "POST",
		path: ONE,
		params: { fn_id: IdSchema },
		summary: "A new version of a function, unless the source is the same",
	} as const;
	const replies: Replies = {
		200: { description: "kept; the version in force", schema: Saved },
		...REFUSED,
		409: failure("it has been changed since `base`: `newest` is the version in force"),
	};
	return route({
		...save,
		replies: {},
		describes: [{ ...save, body: SaveBody, replies }],
		run: answering(async (context) => {
			const person = needPerson(context);
			const fn_id = idIn(context);
			const input = await readFields(context, SaveInput, ["pinned"]);
			return done(Object(await service.call("save_function", person, { ...input, fn_id }, "v1")));
		}),
	});
}

/** The operation checks all of it, in its words. */
const AddInput = Type.Object({
	fn_name: Type.Unknown(),
	code: Type.Unknown(),
	pinned: Type.Optional(Type.Unknown()),
	df_id: Type.Optional(Type.Unknown()),
});
const SaveInput = Type.Object({
	code: Type.Unknown(),
	pinned: Type.Optional(Type.Unknown()),
	base: Type.Optional(Type.Unknown()),
});

/** @throws Refusal 404: the path names no function. */
function idIn({ params }: RouteContext): number {
	const { fn_id = "" } = params;
	return /^[1-9]\d{0,15}$/.test(fn_id) ? Number(fn_id) : notFound("Function");
}
