import { Elysia, NotFoundError } from "elysia";
import { InvariantError } from "../kit/mod.ts";
import { longestFirst, prefixOf } from "./prefixes.ts";
import type { Route, RouteTable } from "./route.ts";

/** Answers a request for a route. @param params Of the path, decoded; undefined where it has none. */
export type Answering = (
	request: Request,
	route: Route,
	params: Readonly<Record<string, string>> | undefined,
) => Response | Promise<Response>;

/** Answers requests that came to no route, or to one that failed. */
export type Failing = (error: unknown, request: Request) => Response;

/** Answers requests by their routes. */
export interface Router {
	fetch(request: Request): Response | Promise<Response>;
}

/**
 * Finds the route of a request: each below `/` and below every prefix.
 * @throws InvariantError when two modules want the same requests; it names both.
 */
export function buildRouter(
	tables: readonly RouteTable[],
	prefixes: ReadonlySet<string>,
	answer: Answering,
	fail: Failing,
): Router {
	refuseClashes(tables, prefixes);
	// Each route is there once: with the prefix taken off the request, more prefixes take no more memory.
	const asCame = new WeakMap<Request, Request>();
	const original = (request: Request) => asCame.get(request) ?? request;
	const app = routesOf(
		tables,
		(request, route, params) => answer(original(request), route, params),
		(error, request) => fail(error, original(request)),
	);
	const inOrder = longestFirst(prefixes);
	return {
		fetch: (request) => {
			const short = withoutPrefix(request, inOrder);
			if (short !== request) asCame.set(short, request);
			return app.fetch(short);
		},
	};
}

/** The same request for the path behind its prefix; itself where it has none. */
function withoutPrefix(request: Request, prefixes: readonly string[]): Request {
	const { url, method } = request;
	const prefix = prefixOf(url, prefixes);
	if (prefix === "") return request;
	const pathAt = url.indexOf("/", "https://".length);
	const rest = url.slice(pathAt + prefix.length);
	return new Request(url.slice(0, pathAt) + (rest.startsWith("/") ? rest : `/${rest}`), { method });
}

function routesOf(tables: readonly RouteTable[], answer: Answering, fail: Failing): Elysia {
	const app = new Elysia({ systemRouter: false, normalize: false });
	app.onError(({ error, request }) => fail(error, request));
	const byPath = Map.groupBy(
		tables.flatMap(({ routes }) => routes),
		({ path }) => path,
	);
	for (const [path, routes] of byPath) {
		const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
		const plain = { parse: "none" as const };
		const any = routes.find(({ method }) => method === "ANY");
		if (any === undefined) {
			for (const route of routes) {
				const { method } = route;
				app.route(method, pattern, ({ request, params }) => answer(request, route, params), plain);
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
	return app;
}

/** Whether a request came to no route. */
export function isNotFound(error: unknown): boolean {
	return error instanceof NotFoundError;
}

/** A route as the table of a module has it. */
interface Owned {
	readonly module: string;
	readonly route: Route;
}

function refuseClashes(tables: readonly RouteTable[], prefixes: ReadonlySet<string>): void {
	const byPath = new Map<string, Owned[]>();
	for (const { module, routes } of tables) {
		for (const route of routes) {
			const own: Owned = { module, route };
			for (const prefix of prefixes) {
				const path = plain(prefix + route.path);
				const others = byPath.get(path) ?? [];
				const other = others.find((earlier) => clash(earlier, own));
				if (other !== undefined) throw new InvariantError(clashText(other, own));
				byPath.set(path, [...others, own]);
			}
		}
	}
}

/** Whether two routes on one path want the same requests. In one module, ANY is for the methods without a route. */
function clash(one: Owned, other: Owned): boolean {
	if (one.route === other.route) return false;
	if (one.route.method === other.route.method) return true;
	return one.module !== other.module && [one, other].some(({ route }) => route.method === "ANY");
}

function clashText(one: Owned, other: Owned): string {
	const modules = `modules "${one.module}" and "${other.module}"`;
	const [first, second] = [one, other].map(({ route }) => `${route.method} ${route.path}`);
	return one.route.method === other.route.method
		? `${modules} both have the route ${first}`
		: `${modules} have routes that clash: ${first} and ${second}`;
}

/** Names of parameters make no difference, nor does a slash at the end. */
function plain(path: string): string {
	return path.replaceAll(/\{\w+\}/g, "{}").replace(/\/$/, "");
}
