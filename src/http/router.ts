import { Elysia, NotFoundError } from "elysia";
import { InvariantError } from "../kit/mod.ts";
import type { Method, Route, RouteTable } from "./route.ts";

/** Answers a request for a route. @param params Of the path, decoded; undefined where it has none. */
export type Answering = (
	request: Request,
	route: Route,
	params: Readonly<Record<string, string>> | undefined,
) => Response | Promise<Response>;

/** Answers requests that came to no route, or to one that failed. */
export type Failing = (error: unknown, request: Request) => Response;

/**
 * Finds the route of a request: each below `/` and below every prefix.
 * @throws InvariantError when two modules want the same route; it names both.
 */
export function buildRouter(
	tables: readonly RouteTable[],
	prefixes: ReadonlySet<string>,
	answer: Answering,
	fail: Failing,
): Elysia {
	refuseClashes(tables, prefixes);
	const app = new Elysia({ systemRouter: false, normalize: false });
	app.onError(({ error, request }) => fail(error, request));
	const byPath = Map.groupBy(
		tables.flatMap(({ routes }) => routes),
		({ path }) => path,
	);
	for (const prefix of prefixes) {
		for (const [path, routes] of byPath) {
			const pattern = prefix + path.replaceAll(/\{(\w+)\}/g, ":$1");
			const plain = { parse: "none" as const };
			const any = routes.find(({ method }) => method === "ANY");
			if (any === undefined) {
				for (const route of routes) {
					const { method } = route;
					app.route(
						method,
						pattern,
						({ request, params }) => answer(request, route, params),
						plain,
					);
				}
				continue;
			}
			const byMethod = new Map<string, Route>(routes.map((route) => [route.method, route]));
			app.all(
				pattern,
				({ request, params }) => answer(request, byMethod.get(request.method) ?? any, params),
				plain,
			);
		}
	}
	return app;
}

/** Whether a request came to no route. */
export function isNotFound(error: unknown): boolean {
	return error instanceof NotFoundError;
}

function refuseClashes(tables: readonly RouteTable[], prefixes: ReadonlySet<string>): void {
	const owners = new Map<string, { module: string; route: Route }>();
	for (const { module, routes } of tables) {
		for (const route of routes) {
			for (const prefix of prefixes) {
				const key = keyOf(route.method, prefix + route.path);
				const other = owners.get(key);
				if (other !== undefined && other.route !== route) {
					const one = `${other.route.method} ${other.route.path}`;
					throw new InvariantError(
						`modules "${other.module}" and "${module}" both have the route ${one}`,
					);
				}
				owners.set(key, { module, route });
			}
		}
	}
}

/** Names of parameters make no difference, nor does a slash at the end. */
function keyOf(method: Method, path: string): string {
	return `${method} ${path.replaceAll(/\{\w+\}/g, "{}").replace(/\/$/, "")}`;
}
