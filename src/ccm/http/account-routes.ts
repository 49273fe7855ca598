import { Type } from "@sinclair/typebox";
import { failure, type Route, type RouteContext, route } from "../../http/mod.ts";
import type { Registration } from "./account-port.ts";
import { done, refuse } from "./answers.ts";
import { logIn, needPerson, personOf } from "./person.ts";
import { readFields } from "./read-json.ts";
import { answering } from "./refusals.ts";

const ACCOUNT = "/api/v0/account";
const Text = Type.String({ minLength: 1, maxLength: 1000 });
const Credentials = Type.Object({ username: Text, password: Text });
const NewAccount = Type.Object({
	...Credentials.properties,
	/** Of registration, where one is needed. */
	code: Type.Optional(Type.String({ maxLength: 100 })),
});
const AccessToken = Type.Object({ access_token: Text });
const WithId = Type.Object({ state: Type.Literal("ok"), id: Type.Integer() });
const WRONG_BODY = failure("a field is missing, unknown or wrong");

const NO_OAUTH2 =
	"OAuth2 is not available on this server: log in with username and password at /account/login";

/** Accounts and sessions of REST v0 (`ccm-gui.md §3.1`). */
export function accountRoutes(registration: Registration): Route[] {
	const shared = { who: "account", refuse } as const;
	return [
		route({
			...shared,
			isOpen: true,
			method: "POST",
			path: `${ACCOUNT}/create`,
			// `registration` decides who may: `open` is also for those a proxy passes on.
			hosts: "with-logins",
			summary: "Create an account",
			describes: [described("create", "Create an account", NewAccount)],
			replies: {},
			run: answering(async (context) => {
				const account = await readFields(context, NewAccount);
				const { id } = await registration.register(context, account);
				return done({ id });
			}),
		}),
		route({
			...shared,
			isOpen: true,
			method: "POST",
			path: `${ACCOUNT}/login`,
			summary: "Log in",
			describes: [described("login", "Log in", Credentials)],
			replies: {},
			run: answering(login),
		}),
		route({
			...shared,
			isOpen: true,
			method: "POST",
			path: `${ACCOUNT}/oauth2`,
			summary: "Not available here",
			describes: [described("oauth2", "Not available here", AccessToken)],
			replies: {},
			run: answering(async (context) => {
				await readFields(context, AccessToken);
				return refuse(400, NO_OAUTH2);
			}),
		}),
		route({
			...shared,
			method: "GET",
			path: `${ACCOUNT}/logout`,
			summary: "Log out",
			replies: {
				200: {
					description: "logged out",
					schema: Type.Object({ state: Type.Literal("ok") }),
					fields: ["Set-Cookie"],
				},
			},
			run: answering(async (context) => {
				needPerson(context);
				if (isFromPageElsewhere(context)) return refuse(403, "log out at the server's own page");
				return done({}, { "set-cookie": await context.logins().close() });
			}),
		}),
	];
}

async function login(context: RouteContext): Promise<Response> {
	const { username, password } = await readFields(context, Credentials);
	const before = personOf(context);
	if (before !== null) return done({ id: before.u_id });
	const { id, cookie } = await logIn(context, username, password);
	return done({ id }, { "set-cookie": cookie });
}

/** A link or picture of another site must not log people out. */
function isFromPageElsewhere({ call }: RouteContext): boolean {
	const site = call.headers.get("sec-fetch-site");
	return site !== null && site !== "same-origin" && site !== "none";
}

function described(name: string, summary: string, body: typeof Credentials | typeof AccessToken) {
	return {
		method: "POST",
		path: `${ACCOUNT}/${name}`,
		summary,
		who: "account",
		isOpen: true,
		body,
		replies: {
			200: { description: "done", schema: WithId },
			400: WRONG_BODY,
			401: failure("invalid username or password"),
		},
	} as const;
}
