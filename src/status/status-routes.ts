import { Type } from "@sinclair/typebox";
import {
	ChangesView,
	DeviceView,
	FunctionInfoView,
	GraphView,
	HealthView,
	LogLineView,
	StatusView,
} from "../contract/mod.ts";
import {
	failure,
	json,
	pageHeaders,
	plainJson,
	plainReply,
	Reply,
	type Route,
	reject,
	route,
} from "../http/mod.ts";

/** What the server says of itself; `Status` fulfils it. */
export interface StatusPort {
	readonly view: unknown;
	readonly problems: string[];
	/** False when only a restart may help. */
	readonly isAlive: boolean;
	devices(): unknown[];
	graphs(): unknown[];
	functions(): Promise<unknown[]>;
	code(digest: string): Promise<string | undefined>;
	log(): unknown[];
	/** Replaces the function engine. */
	restartEngine(): void;
	metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The pages and their events. */
export interface PagePort {
	/** The live page as HTML, scripts and styles inside. */
	readonly live: string;
	/** The page that shows the OpenAPI document. */
	readonly openApi: string;
	/**
	 * Server-sent events; undefined when too many listen already.
	 * @param stillMay Whether the one that listens may still do so.
	 */
	events(stillMay: () => boolean): Response | undefined;
}

/** Health, metrics, the state of what runs as JSON, and the live page: nothing but the engine is changed. */
export function statusRoutes(status: StatusPort, page: PagePort): Route[] {
	return [
		...pageRoutes(page),
		...machineRoutes(status),
		shown("/api/status", "The state of the server", StatusView, () => status.view),
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
		shown("/api/log", "The newest lines of the log", Type.Array(LogLineView), () => status.log()),
		route({
			method: "POST",
			path: "/api/engine/restart",
			summary: "Replace the function engine: globals start over, quarantines end",
			who: "admin",
			replies: {
				200: { description: "done", schema: Type.Object({ state: Type.Literal("ok") }) },
			},
			audit: "engine restarted by an admin",
			run: () => {
				status.restartEngine();
				return json(200, { state: "ok" });
			},
		}),
	];
}

/** What programs ask for. */
function machineRoutes(status: StatusPort): Route[] {
	return [
		// A supervisor without a login sees whether the server works, but not why it does not.
		route({
			method: "GET",
			path: "/health",
			summary: "Whether the server can do its work",
			who: "anyone",
			replies: {
				200: { description: "it can", schema: HealthView },
				503: { description: "it cannot", schema: HealthView },
			},
			run: async ({ isAdmin }) => {
				const { problems } = status;
				const ready = problems.length === 0;
				const reasons = !ready && (await isAdmin()) ? problems : [];
				return json(ready ? 200 : 503, { live: status.isAlive, ready, reasons });
			},
		}),
		route({
			method: "GET",
			path: "/metrics",
			summary: "Metrics for Prometheus",
			who: "admin",
			anyHost: true,
			replies: { 200: { description: "the metrics", type: "text/plain" } },
			run: async () => {
				const { contentType, text } = await status.metrics();
				return plainReply(text, contentType);
			},
		}),
	];
}

function pageRoutes(page: PagePort): Route[] {
	return [
		htmlPage("/", "The live page", page.live),
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

function shown(
	path: string,
	summary: string,
	schema: typeof StatusView | ReturnType<typeof Type.Array>,
	read: () => unknown,
): Route {
	return route({
		method: "GET",
		path,
		summary,
		who: "admin",
		replies: { 200: { description: "as it is now", schema } },
		run: async () => plainJson(await read()),
	});
}

function htmlPage(path: string, summary: string, html: string): Route {
	const fields = pageHeaders(html);
	return route({
		method: "GET",
		path,
		summary,
		who: "admin",
		replies: { 200: { description: "the page", type: "text/html" } },
		run: () => new Reply(200, html, fields),
	});
}
