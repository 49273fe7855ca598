import { Type } from "@sinclair/typebox";
import {
	ChangesView,
	DeviceView,
	FunctionInfoView,
	GraphView,
	StatusView,
} from "../contract/mod.ts";
import {
	failure,
	json,
	pageHeaders,
	plainReply,
	Reply,
	type Route,
	reject,
	route,
} from "../http/mod.ts";
import { shown } from "./shown-route.ts";

/** What is shown; `Status` fulfils it. */
export interface StatusPort {
	read(): Promise<unknown>;
	devices(): unknown[];
	graphs(): unknown[];
	functions(): Promise<unknown[]>;
	code(digest: string): Promise<string | undefined>;
	/** Replaces one function engine, or all; false when there is none of that number. */
	restartEngine(number?: number): boolean;
}

/** The pages and their events. */
export interface PagePort {
	/** The live page as HTML, scripts and styles inside. */
	readonly live: string;
	/** Whether it is at `/` as well: that may be another module's. */
	readonly isHome: boolean;
	/** The page that shows the OpenAPI document. */
	readonly openApi: string;
	/**
	 * Server-sent events; undefined when too many listen already.
	 * @param stillMay Whether the one that listens may still do so.
	 */
	events(stillMay: () => boolean): Response | undefined;
}

/** The live page, and what it shows as JSON: nothing but the engine is changed. */
export function statusRoutes(status: StatusPort, page: PagePort): Route[] {
	return [
		...pageRoutes(page),
		shown("/api/status", "The state of the server", StatusView, () => status.read()),
		shown("/api/devices", "All devices with presence", Type.Array(DeviceView), () =>
			status.devices(),
		),
		shown(
			"/api/graphs",
			"All graphs with links, counts and last errors",
			Type.Array(GraphView),
			() => status.graphs(),
		),
		shown("/api/functions", "All functions", Type.Array(FunctionInfoView), () =>
			status.functions(),
		),
		route({
			method: "GET",
			path: "/api/functions/{digest}",
			summary: "The source of a function",
			who: "admin",
			params: { digest: Type.String({ description: "SHA-256 of the source, in hex." }) },
			replies: {
				200: { description: "its source", type: "text/plain; charset=utf-8" },
				404: failure("unknown function"),
			},
			run: async ({ params }) => {
				const code = await status.code(params.digest ?? "");
				if (code === undefined) return reject(404, "function not found");
				return plainReply(code, "text/plain; charset=utf-8");
			},
		}),
		...engineRoutes(status),
	];
}

const ENGINE_NUMBER = /^[1-9][0-9]?$/;

function engineRoutes(status: Pick<StatusPort, "restartEngine">): Route[] {
	const done = { description: "done", schema: Type.Object({ state: Type.Literal("ok") }) };
	return [
		route({
			method: "POST",
			path: "/api/engine/restart",
			summary: "Replace all function engines: globals start over, quarantines end",
			who: "admin",
			replies: { 200: done },
			audit: "engine restarted by an admin",
			run: () => {
				status.restartEngine();
				return json(200, { state: "ok" });
			},
		}),
		route({
			method: "POST",
			path: "/api/engines/{number}/restart",
			summary: "Replace one function engine: globals of its functions start over, quarantines end",
			who: "admin",
			params: {
				number: Type.String({ pattern: ENGINE_NUMBER.source, description: "From 1." }),
			},
			replies: { 200: done, 404: failure("no engine of that number") },
			audit: "engine restarted by an admin",
			run: ({ params }) => {
				const { number = "" } = params;
				const isDone = ENGINE_NUMBER.test(number) && status.restartEngine(Number(number));
				if (isDone) return json(200, { state: "ok" });
				return reject(
					404,
					`there is no engine "${number}"; engines in [esm] says how many there are`,
				);
			},
		}),
	];
}

function pageRoutes(page: PagePort): Route[] {
	return [
		...(page.isHome
			? [htmlPage("/", "The live page, where the editor does not run", page.live)]
			: []),
		htmlPage("/live", "The live page, whatever else runs", page.live),
		htmlPage("/openapi", "A page that shows this document", page.openApi),
		route({
			method: "GET",
			path: "/api/events",
			summary: "What changed, each second, as server-sent events named change",
			who: "admin",
			replies: {
				200: { description: "the events", type: "text/event-stream", schema: ChangesView },
				503: failure("too many live pages"),
			},
			run: ({ stillMay }) => page.events(stillMay) ?? reject(503, "too many live pages"),
		}),
	];
}

function htmlPage(path: string, summary: string, html: string): Route {
	const fields = pageHeaders(html);
	return route({
		method: "GET",
		path,
		summary,
		who: "admin",
		replies: { 200: { description: "the page", type: "text/html" } },
		run: ({ call }) => {
			const { pathname } = new URL(call.request.url);
			// Its addresses are relative: below a slash they would lead nowhere.
			const isBelow = path !== "/" && pathname.endsWith("/");
			if (isBelow)
				return new Reply(308, null, { location: `..${path}`, "cache-control": "no-store" });
			return new Reply(200, html, fields);
		},
	});
}
