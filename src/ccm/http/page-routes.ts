import { pageHeaders, Reply, type Route, route } from "../../http/mod.ts";
import { refuse } from "./answers.ts";

const FIELDS = { "cache-control": "no-store" };

/**
 * The page at `/gui/`; without the slash it would look for its answers in the wrong place.
 * @param html All of it, script and styles inside.
 */
export function pageRoutes(html: string): Route[] {
	const fields = { ...pageHeaders(html), ...FIELDS };
	return [
		route({
			method: "GET",
			path: "/gui",
			summary: "The page of the project manager",
			who: "any-page",
			replies: {
				200: { description: "the page", type: "text/html" },
				308: { description: "to the address with a slash at its end", fields: ["Location"] },
			},
			refuse,
			run: ({ call }) => {
				const { pathname, search } = new URL(call.request.url);
				if (pathname.endsWith("/")) return new Reply(200, html, fields);
				return new Reply(308, null, { ...FIELDS, location: `gui/${search}` });
			},
		}),
	];
}
