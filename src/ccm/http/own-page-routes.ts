import { Type } from "@sinclair/typebox";
import {
	type Call,
	failure,
	PageFolder,
	type Route,
	type RouteContext,
	route,
} from "../../http/mod.ts";
import { isUuid } from "../../kit/mod.ts";
import { refuse } from "./answers.ts";
import { isPageName } from "./web-device-routes.ts";

const BASE = "/da/";
const READING = ["GET", "HEAD"];

/** Pages that people put into a folder: below `/da/`, beside those of the program, whose names come first. */
export class OwnPages {
	readonly #folder: () => string;

	/** @param folder Whole path; empty: there are none. */
	constructor(folder: () => string) {
		this.#folder = folder;
	}

	/** Answers `/da/<name>` and what is below it. */
	async answer({ call, params }: RouteContext): Promise<Response> {
		const { method } = call.request;
		if (!READING.includes(method)) return refuse(405, `unknown method ${method}: use GET`);
		const first = params.id ?? "";
		if (isUuid(first.toLowerCase())) return refuse(404, "a device has no such address");
		if (isPageName(first)) return refuse(404, "a page of the program has this name");
		const { status, fields, content } = await new PageFolder(this.#folder()).answer(pathOf(call));
		return new Response(content, { status, headers: fields });
	}

	/** What is below the name of a page; the page itself shares its address with those of phones. */
	get routes(): Route[] {
		return [
			route({
				// As GET it would come before what devices have there for all methods.
				method: "ANY",
				path: "/da/{id}/*",
				summary: "A file of one of your own pages (web-da-dir)",
				who: "any-page",
				anyId: true,
				params: { id: Type.String({ description: "Name of a folder in it." }) },
				replies: {
					200: { description: "the file, for everyone", type: "application/octet-stream" },
					308: { description: "to the same with a slash at its end", fields: ["Location"] },
					404: failure("there is no such file"),
				},
				refuse,
				run: (context) => this.answer(context),
			}),
		];
	}
}

/** The path below `/da/`, decoded; the slash at its end counts. */
function pathOf({ request, prefix }: Call): string {
	return decodeURIComponent(new URL(request.url).pathname.slice(prefix.length + BASE.length));
}
