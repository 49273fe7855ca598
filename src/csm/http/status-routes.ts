import type { Elysia } from "elysia";
import { openApi } from "./openapi.ts";
import { json } from "./replies.ts";

/** What the server says of itself; `status` fulfils it. */
export interface StatusPort {
	readonly view: unknown;
	readonly problems: string[];
	devices(): unknown[];
	graphs(): unknown[];
	functions(): unknown[];
	code(digest: string): string | undefined;
	log(): unknown[];
	metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The pages; `page` and `status` fulfil it. */
export interface PagePort {
	/** The live page as HTML, scripts and styles inside. */
	readonly live: string;
	/** The page that shows the OpenAPI document. */
	readonly openApi: string;
	/** Server-sent events; undefined when too many listen already. */
	events(): ReadableStream<Uint8Array> | undefined;
}

/** Only the page itself may run in it, and nobody may frame it. */
const PAGE_HEADERS = {
	"Content-Type": "text/html; charset=utf-8",
	"Cache-Control": "no-cache",
	"Content-Security-Policy":
		"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer",
};

/** Of the JSON and text under `/api/` and `/metrics`: no page of another origin may read it, hence no CORS. */
const PLAIN = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/** Health, metrics, what runs as JSON, and the live page: all of it read-only. */
export function addStatusRoutes(
	app: Elysia,
	prefix: string,
	status: StatusPort,
	page: PagePort,
): void {
	const show = (value: unknown) => Response.json(value, { headers: PLAIN });
	const routes: Readonly<Record<string, () => Response | Promise<Response>>> = {
		"/": () => new Response(page.live, { headers: PAGE_HEADERS }),
		"/openapi": () => new Response(page.openApi, { headers: PAGE_HEADERS }),
		"/api/openapi": () => show(openApi()),
		"/health": () => {
			const ready = status.problems.length === 0;
			return json(ready ? 200 : 503, { live: true, ready, reasons: status.problems });
		},
		"/metrics": async () => {
			const { contentType, text } = await status.metrics();
			return new Response(text, { headers: { ...PLAIN, "Content-Type": contentType } });
		},
		"/api/status": () => show(status.view),
		"/api/devices": () => show(status.devices()),
		"/api/graphs": () => show(status.graphs()),
		"/api/functions": () => show(status.functions()),
		"/api/log": () => show(status.log()),
		"/api/events": () => {
			const stream = page.events();
			if (stream === undefined) return json(503, { state: "error", reason: "too many live pages" });
			return new Response(stream, {
				headers: { ...PLAIN, "Content-Type": "text/event-stream" },
			});
		},
	};
	for (const [path, answer] of Object.entries(routes)) app.get(prefix + path, answer);
	app.get(`${prefix}/api/functions/:digest`, ({ params }) => {
		const code = status.code(params.digest);
		if (code === undefined) return json(404, { state: "error", reason: "function not found" });
		return new Response(code, {
			headers: { ...PLAIN, "Content-Type": "text/plain; charset=utf-8" },
		});
	});
}
