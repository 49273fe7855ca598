import { pageHeaders, Reply, type Route, route } from "../../http/mod.ts";
import { refuse } from "./answers.ts";

const FIELDS = { "cache-control": "no-store" };

/** Not for good: another server of the same address may have a page there. */
const home = route({
	method: "GET",
	path: "/",
	summary: "To the page of the project manager, where it runs alone",
	who: "any-page",
	replies: { 302: { description: "to gui/", fields: ["Location"] } },
	refuse,
	run: ({ call }) => {
		// Below a prefix without a slash at its end, a relative address counts from the folder above.
		const above = new URL(call.request.url).pathname.split("/").at(-1) ?? "";
		const location = above === "" ? "gui/" : `${above}/gui/`;
		return new Reply(302, null, { ...FIELDS, location });
	},
});

/**
 * The page at `/gui/`; without the slash it would look for its answers in the wrong place.
 * @param html All of it, script and styles inside.
 * @param isHome Whether `/` leads there too.
 */
export function pageRoutes(html: string, isHome: boolean): Route[] {
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
		...(isHome ? [home] : []),
	];
}
