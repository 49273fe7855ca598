import { type TObject, type TSchema, Type } from "@sinclair/typebox";
import { type DescribedRoute, failure } from "../../http/mod.ts";
import type { AnyOperation, RestRoute } from "../service/operation.ts";

/** An operation and how REST reaches it. */
export interface RestEntry {
	readonly operation: AnyOperation;
	readonly route: RestRoute;
}

const OK = Type.Object({ state: Type.Literal("ok") }, { additionalProperties: true });

/** REST v0 as the OpenAPI document has it, made from the operations' table. */
export function restDocuments(entries: readonly RestEntry[]): DescribedRoute[] {
	return entries.map(({ operation, route }) => {
		const { method, path, status = 200 } = route;
		const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
		const fields = operation.input.properties;
		const body = bodyOf(operation.input, names);
		return {
			method,
			path: `/api/v0${path.replaceAll(/:(\w+)/g, "{$1}")}`,
			summary: summaryOf(operation.name),
			who: "account",
			params: Object.fromEntries(names.map((name) => [name, fields[name] ?? Type.String()])),
			...(body !== undefined && method !== "GET" && { body }),
			replies: {
				[status]: { description: "done", schema: OK },
				400: failure("the input is not what is asked for, or it is not possible now"),
				401: failure("please login first"),
				403: failure("not for this kind of person; or a web page of another origin asks"),
				404: failure("there is none, or it is not for this person"),
				429: failure("too many requests of this account; Retry-After says how long to wait"),
			},
		};
	});
}

/** Fields of the input that are not in the path; undefined: there are none. */
function bodyOf(input: TObject, inPath: readonly string[]): TSchema | undefined {
	const fields = Object.entries(input.properties).filter(([name]) => !inPath.includes(name));
	return fields.length === 0 ? undefined : Type.Object(Object.fromEntries(fields));
}

/** `create_project`, as words. */
function summaryOf(name: string): string {
	const words = name.replaceAll("_", " ").replace(/\bna\b/, "join");
	return words.charAt(0).toUpperCase() + words.slice(1);
}
