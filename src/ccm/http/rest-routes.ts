import { Reply, type Route, type RouteContext, route } from "../../http/mod.ts";
import type { RestAdapter } from "../service/rest-adapter.ts";
import { refuse, replied } from "./answers.ts";
import { personOf } from "./person.ts";
import { readJson } from "./read-json.ts";
import { restDocuments } from "./rest-documents.ts";

const V0 = "/api/v0";

/**
 * REST v0 below `/api/v0` (`ccm-gui.md §3`), and the answer to whatever else is asked for below `/api`.
 * @param others CCM's routes besides.
 */
export function restRoutes(adapter: RestAdapter, others: readonly Route[]): Route[] {
	const known = others
		.filter(({ path }) => path.startsWith("/api/"))
		.map(({ method, path }) => ({ method, pattern: patternOf(path) }));
	return [
		route({
			method: "ANY",
			path: `${V0}/*`,
			summary: "REST v0 of the project manager",
			who: "account",
			replies: {},
			describes: restDocuments(adapter.routes),
			refuse,
			run: (context) => answerRest(adapter, context),
		}),
		route({
			method: "ANY",
			path: "/api/*",
			summary: "Anything else below /api",
			who: "any-page",
			replies: {},
			refuse,
			run: ({ call: { request } }) => {
				const path = apiPath(request.url);
				const methods = known.filter(({ pattern }) => pattern.test(path)).map((one) => one.method);
				if (methods.length > 0) return otherMethod(request.method, methods);
				return refuse(404, "API not found");
			},
		}),
	];
}

async function answerRest(adapter: RestAdapter, context: RouteContext): Promise<Response> {
	const path = restPath(context.call.request.url);
	// The router leaves out the content of the answer to a HEAD.
	const asked = context.call.request.method;
	const method = asked === "HEAD" ? "GET" : asked;
	const methods = adapter.methodsAt(path);
	if (methods.length > 0 && !methods.includes(method)) return otherMethod(asked, methods);
	const person = personOf(context);
	const body = person === null ? undefined : await readJson(context);
	return replied(await adapter.answer({ method, path, body, person }));
}

/** What is behind a prefix. */
function apiPath(url: string): string {
	const { pathname } = new URL(url);
	return pathname.slice(pathname.indexOf("/api/"));
}

/** @param path Such as `/api/v1/projects/{p_id}`. */
function patternOf(path: string): RegExp {
	return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}/?$`);
}

/** What follows `/api/v0` in a URL, as it was written: names in it are decoded one by one. */
function restPath(url: string): string {
	const { pathname } = new URL(url);
	return pathname.slice(pathname.indexOf(V0) + V0.length);
}

function otherMethod(asked: string, methods: readonly string[]): Response {
	const all = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
	const fields = { allow: all.join(", ") };
	if (asked === "OPTIONS") return new Reply(204, null, { ...fields, "cache-control": "no-store" });
	return refuse(405, `method ${asked} is not allowed here: use ${methods.join(", ")}`, fields);
}
