import { type TSchema, Type } from "@sinclair/typebox";
import {
	type Call,
	failure,
	type Replies,
	Reply,
	type Route,
	type RouteContext,
	route,
} from "../../http/mod.ts";
import { CODE_LENGTH, plainCode } from "../invitations/codes.ts";
import type { Joining, Look, OwnSeat, Place } from "../invitations/joining.ts";
import { plainNickname } from "../invitations/nickname.ts";
import { Refusal } from "../projects/refusal.ts";
import { memberCookies, pageCookie, pageOf, seatIn } from "./join-cookies.ts";
import type { JoinPages, Problem } from "./join-pages.ts";
import { type JoinTexts, joinTexts } from "./join-texts.ts";
import { readJson } from "./read-json.ts";

export interface JoinRoutesDeps {
	readonly joining: Joining;
	readonly pages: JoinPages;
	/** 22 random letters and digits, for a page. */
	readonly newPage: () => string;
}

type Refuse = NonNullable<Route["refuse"]>;

const HTML = "text/html";
const page = (description: string) => ({ description, type: HTML });
const toMember = {
	description: "to the phone's page, with its cookies",
	fields: ["Location", "Set-Cookie"],
};
const REPLIES: Replies = {
	303: toMember,
	404: page("no class has this code: the form for a code again"),
	409: page("all seats are taken"),
	410: page("the invitation has ended"),
	429: page("too many wrong codes of this page, or of its address"),
};
const params: Readonly<Record<string, TSchema>> = {
	code: Type.String({ description: `${CODE_LENGTH} letters.` }),
};
const Nickname = Type.Object({ nickname: Type.Optional(Type.String()) });
const NO_STORE = { "cache-control": "no-store" };

/** By which phones join a class, without a login. */
export function joinRoutes(deps: JoinRoutesDeps): Route[] {
	const { pages } = deps;
	// Before a page is asked for there are no words in its language.
	const refuse: Refuse = (status, reason, fields) =>
		pages.say(
			joinTexts(null),
			{ status, text: joinTexts(null).refused(reason), ...retry(fields) },
			"../join",
		);
	return [
		route({
			method: "GET",
			path: "/join",
			summary: "A form for the code of a class",
			who: "anyone",
			query: Type.Object({ code: Type.Optional(Type.String()) }),
			replies: { 200: page("the form"), 303: { description: "to the page of the code" } },
			run: async ({ call }) => askCode(pages, call),
		}),
		route({
			method: "GET",
			path: "/join/{code}",
			summary: "The page of a class: a nickname, and a button to join",
			who: "anyone",
			params,
			replies: { 200: page("the page"), ...REPLIES },
			refuse,
			run: (context) => new Joiner(deps, context).show(),
		}),
		joinRoute(deps, refuse),
	];
}

function joinRoute(deps: JoinRoutesDeps, refuse: Refuse): Route {
	const join = {
		method: "POST",
		path: "/join/{code}",
		summary: "Join a class: the phone gets a device, and the lowest free seat",
		who: "form",
		params,
	} as const;
	const replies = { ...REPLIES, 400: page("the nickname is too long"), 503: page("not now") };
	return route({
		...join,
		replies: { 403: failure("not from a page of the server") },
		describes: [{ ...join, body: Nickname, isBodyOptional: true, bodyType: "form", replies }],
		refuse,
		run: (context) => new Joiner(deps, context).join(),
	});
}

function retry(fields: Readonly<Record<string, string>> = {}): Pick<Problem, "retryAfter"> {
	const seconds = fields["retry-after"];
	return seconds === undefined ? {} : { retryAfter: Number(seconds) };
}

/** The form; what was typed into it leads to the page of the code. */
function askCode(pages: JoinPages, call: Call): Response {
	const texts = textsOf(call);
	const { pathname, searchParams } = new URL(call.request.url);
	const form = pathname.endsWith("/") ? "../join" : "join";
	const typed = searchParams.get("code");
	if (typed === null || typed.trim() === "") return pages.askCode(texts, form);
	const code = plainCode(typed);
	if (code === undefined) return pages.askCode(texts, form, { status: 400, text: texts.noCode });
	return new Reply(303, null, { ...NO_STORE, location: `${form}/${code}` });
}

function textsOf({ headers }: Call): JoinTexts {
	return joinTexts(headers.get("accept-language"));
}

/** A request at the page of a code. */
class Joiner {
	readonly #deps: JoinRoutesDeps;
	readonly #context: RouteContext;
	readonly #call: Call;
	readonly #texts: JoinTexts;
	/** From the page to those beside it. */
	readonly #up: string;

	constructor(deps: JoinRoutesDeps, context: RouteContext) {
		this.#deps = deps;
		this.#context = context;
		this.#call = context.call;
		this.#texts = textsOf(context.call);
		this.#up = new URL(context.call.request.url).pathname.endsWith("/") ? "../../" : "../";
	}

	async show(): Promise<Response> {
		const { pages, newPage } = this.#deps;
		const look = await this.#look();
		if (look.kind !== "open") return this.#refuse(look);
		const own = await this.#ownSeat(look.place);
		if (own !== undefined) return this.#enter(look.place, own);
		if (look.place.isFull) return this.#problem({ status: 409, text: this.#texts.full });
		const known = pageOf(this.#call);
		const fields = known === undefined && { "set-cookie": pageCookie(this.#call, newPage()) };
		return pages.askName(this.#texts, look.place, undefined, { ...fields });
	}

	async join(): Promise<Response> {
		const { joining, pages } = this.#deps;
		const look = await this.#look();
		if (look.kind !== "open") return this.#refuse(look);
		const { place } = look;
		const own = await this.#ownSeat(place);
		if (own !== undefined) return this.#enter(place, own);
		const nickname = await this.#nickname();
		if (nickname === undefined) {
			return pages.askName(this.#texts, place, { status: 400, text: this.#texts.tooLong });
		}
		const joined = await joining.join(place, nickname, pageOf(this.#call));
		switch (joined.kind) {
			case "joined":
				return this.#enter(place, joined);
			case "full":
				return this.#problem({ status: 409, text: this.#texts.full });
			case "ended":
				return this.#problem({ status: 410, text: this.#texts.ended });
			case "failed":
				return this.#problem({ status: 503, text: this.#texts.failed, retryAfter: 5 });
		}
	}

	async #look(): Promise<Look> {
		const code = plainCode(this.#context.params.code ?? "");
		if (code === undefined) return { kind: "wrong" };
		const { remoteAddress: address } = this.#call;
		return this.#deps.joining.look(code, { page: pageOf(this.#call), address });
	}

	/** Of a phone that comes again, or whose first answer was lost on its way. */
	async #ownSeat(place: Place): Promise<OwnSeat | undefined> {
		const { joining } = this.#deps;
		const shown = seatIn(this.#call, place.do_id);
		const own = shown && (await joining.seatOf(place, shown));
		return own ?? joining.takenBy(place, pageOf(this.#call));
	}

	/** @returns undefined: it is too long. */
	async #nickname(): Promise<string | undefined> {
		const { body } = this.#context;
		const sent = await readJson(this.#context);
		const given =
			sent?.nickname ??
			(body.isThere && sent === undefined ? (await body.form()).get("nickname") : "");
		try {
			return plainNickname(typeof given === "string" ? given : "");
		} catch (error) {
			if (error instanceof Refusal) return undefined;
			throw error;
		}
	}

	#enter({ do_id }: Place, own: OwnSeat): Response {
		const headers = new Headers({ ...NO_STORE, location: `${this.#up}da/${own.da_id}` });
		for (const one of memberCookies(this.#call, do_id, own)) headers.append("set-cookie", one);
		return new Response(null, { status: 303, headers });
	}

	#refuse(look: Exclude<Look, { kind: "open" }>): Response {
		const { pages, newPage } = this.#deps;
		const texts = this.#texts;
		switch (look.kind) {
			case "ended":
				return this.#problem({ status: 410, text: texts.ended });
			case "slow": {
				const { seconds } = look;
				return this.#problem({ status: 429, text: texts.slow(seconds), retryAfter: seconds });
			}
			case "wrong": {
				const known = pageOf(this.#call);
				const fields = known === undefined && { "set-cookie": pageCookie(this.#call, newPage()) };
				const problem = { status: 404, text: texts.wrong } as const;
				return pages.askCode(texts, `${this.#up}join`, problem, { ...fields });
			}
		}
	}

	#problem(problem: Problem): Response {
		return this.#deps.pages.say(this.#texts, problem, `${this.#up}join`);
	}
}
