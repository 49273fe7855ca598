import type { TSchema } from "@sinclair/typebox";
import { plainJson, type Route, route } from "../http/mod.ts";

/** A route that shows admins a value as JSON, read when it is asked for. */
export function shown(
	path: string,
	summary: string,
	schema: TSchema,
	read: () => unknown | Promise<unknown>,
): Route {
	return route({
		method: "GET",
		path,
		summary,
		who: "admin",
		replies: { 200: { description: "the current state", schema } },
		run: async () => plainJson(await read()),
	});
}
