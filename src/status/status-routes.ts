import type { Elysia } from "elysia";
import { json, openApi, pageHeaders, type Shown } from "../http/mod.ts";

/** What the server says of itself; `status` fulfils it. */
export interface StatusPort {
	readonly view: unknown;
	readonly problems: string[];
	/** False when only a restart may help. */
	readonly isAlive: boolean;
	devices(): unknown[];
	graphs(): unknown[];
	functions(): unknown[];
	code(digest: string): string | undefined;
	log(): unknown[];
	/** Replaces the function engine. */
	restartEngine(): void;
	metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The pages; `page` and `status` fulfil it. */
export interface PagePort {
	/** The live page as HTML, scripts and styles inside. */
	readonly live: string;
	/** The page that shows the OpenAPI document. */
	readonly openApi: string;
	/** The form people log in with. */
	readonly login: string;
	/**
	 * Server-sent events; undefined when too many listen already.
	 * @param mayGoOn Whether whoever listens may still do so.
	 */
	events(mayGoOn: () => boolean): ReadableStream<Uint8Array> | undefined;
}

function htmlPage(html: string): () => Response {
	const headers = pageHeaders(html);
	return () => new Response(html, { headers });
}

/** Of the JSON and text under `/api/` and `/metrics`: no page of another origin may read it, hence no CORS. */
const PLAIN = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

export interface StatusRoutes {
	readonly status: StatusPort;
	readonly page: PagePort;
	/** Rejects a request that may not see this; else tells, at any time, whether that one still may. */
	readonly admitted: (request: Request, what: Shown) => Promise<() => boolean>;
	/** Rejects a page of another origin while logins are off. */
	readonly refusePages: (request: Request) => void;
}

/** Health, metrics, what runs as JSON, and the live page: all of it read-only, all but health for admins. */
export function addStatusRoutes(
	app: Elysia,
	prefix: string,
	{ status, page, admitted, refusePages }: StatusRoutes,
): void {
	const show = (value: unknown) => Response.json(value, { headers: PLAIN });
	const routes: Readonly<
		Record<string, (stillMay: () => boolean) => Response | Promise<Response>>
	> = {
		"/": htmlPage(page.live),
		"/openapi": htmlPage(page.openApi),
		"/api/openapi": () => show(openApi()),
		"/metrics": async () => {
			const { contentType, text } = await status.metrics();
			return new Response(text, { headers: { ...PLAIN, "Content-Type": contentType } });
		},
		"/api/status": () => show(status.view),
		"/api/devices": () => show(status.devices()),
		"/api/graphs": () => show(status.graphs()),
		"/api/functions": () => show(status.functions()),
		"/api/log": () => show(status.log()),
		"/api/events": (stillMay) => {
			const stream = page.events(stillMay);
			if (stream === undefined) return json(503, { state: "error", reason: "too many live pages" });
			return new Response(stream, {
				// A proxy would hold back events until its buffer is full.
				headers: { ...PLAIN, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" },
			});
		},
	};
	for (const [path, answer] of Object.entries(routes)) {
		app.get(prefix + path, async ({ request }) => {
			return answer(await admitted(request, path === "/metrics" ? "metrics" : "pages"));
		});
	}
	app.get(`${prefix}/api/functions/:digest`, async ({ request, params }) => {
		await admitted(request, "pages");
		const code = status.code(params.digest);
		if (code === undefined) return json(404, { state: "error", reason: "function not found" });
		return new Response(code, {
			headers: { ...PLAIN, "Content-Type": "text/plain; charset=utf-8" },
		});
	});
	// A supervisor without a login sees whether the server works, but not why it does not.
	app.get(`${prefix}/health`, async ({ request }) => {
		refusePages(request);
		const ready = status.problems.length === 0;
		const isAdmitted = await admitted(request, "reasons").then(
			() => true,
			() => false,
		);
		const reasons = isAdmitted ? status.problems : [];
		return json(ready ? 200 : 503, { live: status.isAlive, ready, reasons });
	});
}
