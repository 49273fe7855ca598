import { Reply, type Route, route } from "../../http/mod.ts";
import { refuse } from "./answers.ts";

/** Addresses of the original's pages (`ccm-gui.md §4`), and where the same is found in the editor. */
const PLACES: Readonly<Record<string, string>> = {
	"/": "gui/",
	"/connection": "gui/#/",
	"/management": "gui/#/m",
	"/device": "gui/#/d",
	"/admin": "gui/#/people",
};

/**
 * Leads from `/` and the original's pages into the editor, under any prefix.
 * @param isHome Whether `/` does so: it may be another module's.
 */
export function homeRoutes(isHome: boolean): Route[] {
	return Object.entries(PLACES)
		.filter(([path]) => isHome || path !== "/")
		.map(([path, place]) =>
			route({
				method: "GET",
				path,
				summary: path === "/" ? "To the editor" : "Of the original: to the same in the editor",
				who: "any-page",
				replies: { 302: { description: `to ${place}`, fields: ["Location"] } },
				refuse,
				run: ({ call }) => leadTo(place, path, new URL(call.request.url).pathname),
			}),
		);
}

/** Not for good: another server of the same address may have a page there. */
function leadTo(place: string, path: string, pathname: string): Response {
	return new Reply(302, null, {
		"cache-control": "no-store",
		location: base(path, pathname) + place,
	});
}

/** A relative address counts from the folder: below a prefix without a slash at its end, from the folder above. */
function base(path: string, pathname: string): string {
	if (path !== "/") return pathname.endsWith("/") ? "../" : "";
	const last = pathname.split("/").at(-1) ?? "";
	return last === "" ? "" : `${last}/`;
}
