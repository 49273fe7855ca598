import { Type } from "@sinclair/typebox";
import { failure, type PageFiles, Reply, type Route, route } from "../../http/mod.ts";
import { refuse } from "./answers.ts";

const FIELDS = { "cache-control": "no-store" };

/**
 * The page at `/gui/`; without the slash it would look for its files and answers in the wrong place.
 * @param files What it is made of.
 */
export function pageRoutes(files: PageFiles): Route[] {
	return [
		route({
			method: "GET",
			path: "/gui",
			summary: "The page of the project manager",
			who: "any-page",
			replies: {
				200: { description: "the page", type: "text/html", fields: ["ETag"] },
				304: { description: "it has not changed" },
				308: { description: "to the address with a slash at its end", fields: ["Location"] },
			},
			refuse,
			run: async ({ call }) => {
				const { pathname, search } = new URL(call.request.url);
				if (pathname.endsWith("/")) return (await files.page(call.headers)) ?? noFile();
				return new Reply(308, null, { ...FIELDS, location: `gui/${search}` });
			},
		}),
		pageFileRoute("/gui", files),
	];
}

/** Files of a page. @param folder Address they are below. */
export function pageFileRoute(folder: string, files: Pick<PageFiles, "file">): Route {
	return route({
		method: "GET",
		path: `${folder}/{file}`,
		summary: "A file of that page; its name changes with its content",
		who: "any-page",
		params: { file: Type.String({ description: "As the page names it." }) },
		replies: {
			200: { description: "the file", type: "text/javascript", fields: ["ETag"] },
			304: { description: "it has not changed" },
			404: failure("there is no such file: a page of another version asks for it"),
		},
		refuse,
		run: async ({ call, params }) =>
			(await files.file(params.file ?? "", call.headers)) ?? noFile(),
	});
}

/** The answer where a page is not, or one of its files. */
export function noFile(): Response {
	return refuse(404, "there is no such file: load the page again");
}
