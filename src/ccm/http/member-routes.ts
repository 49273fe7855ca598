import { Type } from "@sinclair/typebox";
import { MemberEndSchema, type MemberInfo, MemberInfoSchema } from "../../contract/mod.ts";
import { type Call, failure, type Route, type RouteContext, route } from "../../http/mod.ts";
import { isUuid } from "../../kit/mod.ts";
import type { Members } from "../invitations/members.ts";
import { answer, answerSetting, refuse } from "./answers.ts";
import { memberCookies, passwordIn } from "./join-cookies.ts";
import type { PhonePages } from "./phone-pages.ts";

export interface MemberRoutesDeps {
	readonly members: Members;
	/** The HTTPS port besides; undefined: there is none. */
	readonly securePort: () => number | undefined;
}

const REASONS = { ended: "the class is over", removed: "this phone has no seat any more" } as const;

/** The page of a phone on a seat. @param other Answers for pages by other names; without it there are none. */
export function phonePageRoute(
	phonePages: PhonePages,
	other: (context: RouteContext) => Response | Promise<Response> = () =>
		refuse(404, "there is no such page"),
): Route {
	return route({
		method: "GET",
		path: "/da/{id}",
		summary: "The page of a phone that has joined a class",
		who: "any-page",
		anyId: true,
		params: { id: Type.String({ description: "UUID of its device." }) },
		replies: {
			200: { description: "the page, for every UUID", type: "text/html", fields: ["ETag"] },
			304: { description: "it has not changed" },
			404: failure("there is no page of that name"),
		},
		refuse,
		run: (context) =>
			isUuid(context.params.id ?? "") ? phonePages.page(context.call.headers) : other(context),
	});
}

/** What the page of a phone on a seat is told. */
export function memberRoutes({ members, securePort }: MemberRoutesDeps): Route[] {
	return [
		route({
			method: "GET",
			path: "/da/{id}/info",
			summary: "What a phone on a seat needs to know, by the cookie it joined with",
			who: "anyone",
			replies: {
				200: {
					description: "its seat and features; its cookies last two days more",
					schema: MemberInfoSchema,
					fields: ["Set-Cookie"],
				},
				401: failure("the request shows no cookie of a phone on this seat"),
				410: {
					description: "the phone has no seat any more",
					schema: Type.Object({
						...{ state: Type.Literal("error"), reason: Type.String(), why: MemberEndSchema },
					}),
				},
			},
			refuse,
			run: async ({ call, params: { id = "" } }) => {
				const password = passwordIn(call);
				const member = await members.find(id, password);
				if (member.kind === "former") {
					const { why } = member;
					return answer(410, { state: "error", reason: REASONS[why], why });
				}
				if (member.kind === "stranger" || password === undefined) {
					return refuse(401, "join the class with its code first");
				}
				const info: MemberInfo = { ...member.info, https: secureOf(call, id, securePort()) };
				return answerSetting(memberCookies(call, info.block, { da_id: id, password }), info);
			},
		}),
	];
}

/** The same page over HTTPS, where it is not. */
function secureOf(
	{ base, prefix, listener }: Call,
	id: string,
	port: number | undefined,
): string | null {
	if (listener.isEncrypted || port === undefined) return null;
	return `https://${new URL(base).hostname}:${port}${prefix}/da/${id}`;
}
