import { type Static, Type } from "@sinclair/typebox";
import type { Account, Person } from "../auth/mod.ts";
import type { Logger } from "../kit/mod.ts";
import type { AccessError, Admin, AuthPort } from "./access.ts";
import type { AccountLogins } from "./account-logins.ts";
import type { Body } from "./body.ts";
import type { Call, ListenerInfo } from "./call.ts";
import { pageHeaders } from "./page-headers.ts";
import { Reply } from "./replies.ts";
import { type Route, route, routeReading } from "./route.ts";

export interface PageLoginOptions {
	/** The form as HTML, with a place for what was wrong. */
	readonly form: string;
	/** The live page, seen from `/login`. */
	readonly home: string;
}

const LoginForm = Type.Object({ name: Type.String(), password: Type.String() });
type LoginForm = Static<typeof LoginForm>;

/** Place of the message in the form. */
const MESSAGE = "<!-- message -->";
const WEEK_SECONDS = 7 * 86_400;
const HTML = "text/html";
const HOME = { description: "Back to the live page, with the cookie set or removed" };

/** Logging in at the live page or as a person with an account, and the cookie that stands for the session. */
export class PageLogin {
	readonly #options: PageLoginOptions;
	readonly #auth: AuthPort;
	readonly #log: Logger;

	constructor(options: PageLoginOptions, auth: AuthPort, log: Logger) {
		this.#options = options;
		this.#auth = auth;
		this.#log = log;
	}

	/** `/login` and `/logout`. */
	readonly routes: readonly Route[] = [
		routeReading(loginOf, {
			method: "POST",
			path: "/login",
			summary: "Log in at the live page",
			who: "form",
			body: LoginForm,
			bodyType: "form",
			replies: {
				303: HOME,
				401: { description: "Wrong name or password: the form again", type: HTML },
				429: { description: "Too many failed logins: the form again", type: HTML },
			},
			run: ({ call }, login) => this.#login(login, call),
		}),
		route({
			method: "POST",
			path: "/logout",
			summary: "Log out at the live page",
			who: "form",
			replies: { 303: HOME },
			run: ({ call }) => this.#logout(call),
		}),
	];

	/** The admin whose session the cookie names. It counts for looking only: nothing of devices can be changed with it. */
	visitor(call: Call): Admin | undefined {
		const found = this.#principal(call);
		return found?.kind === "admin" ? found : undefined;
	}

	/** The person whose session the cookie names, with the accounts as they are at the moment. */
	async currentAccount(call: Call): Promise<Account | undefined> {
		const secret = this.#secretIn(call);
		if (secret === undefined) return undefined;
		await this.#auth.refreshAccounts();
		await this.#auth.sessions.refresh?.(secret);
		return this.account(call);
	}

	/** The same, with the accounts as they are in memory. */
	account(call: Call): Account | undefined {
		const found = this.#principal(call);
		return found && this.#auth.accountOf(found);
	}

	/** Logging in and out with a request, for routes with answers of their own. */
	loginsOf(call: Call): AccountLogins {
		const { remoteAddress: address } = call;
		const session = this.#secretIn(call);
		return {
			verify: (name, password) => this.#auth.verify(name, password, address),
			open: async (account) => {
				this.#log.audit("logged in", { user: account.name, address });
				return setCookie(call, await this.#auth.beginSession(account), WEEK_SECONDS);
			},
			close: async () => {
				await this.#end(call);
				return setCookie(call, "", 0);
			},
			sessionsOf: async (name) => this.#auth.sessions.listOf(name, session),
			endSessions: async (name, id) => {
				const count = await this.#auth.sessions.endOf(name, id, session);
				if (count > 0) this.#log.audit("sessions ended", { user: name, count, address });
				return count;
			},
			session,
		};
	}

	/** The same, with the accounts as they are at the moment. */
	async currentVisitor(call: Call): Promise<Admin | undefined> {
		const secret = this.#secretIn(call);
		if (secret === undefined) return undefined;
		await this.#auth.refreshAccounts();
		await this.#auth.sessions.refresh?.(secret);
		return this.visitor(call);
	}

	/** The form, with the reason why it is shown again. */
	form(status: number, message = ""): Response {
		const html = this.#options.form.replace(MESSAGE, () => message);
		return new Reply(status, html, pageHeaders(html));
	}

	async #login({ name, password }: LoginForm, call: Call): Promise<Response> {
		const { remoteAddress: address } = call;
		const outcome = await this.#auth.login(name, password, address);
		if (outcome.kind === "slow") {
			const seconds = Math.ceil(outcome.waitMs / 1000);
			return this.form(429, `Too many failed logins: try again in ${seconds} s.`);
		}
		if (outcome.kind === "person") {
			return this.form(403, "This page is for administrators; projects are at gui/.");
		}
		if (outcome.kind !== "admin") return this.form(401, "Wrong name or password.");
		this.#log.audit("logged in at the page", { user: outcome.name, address });
		return this.#home(call, await this.#auth.sessions.begin(outcome), WEEK_SECONDS);
	}

	async #logout(call: Call): Promise<Response> {
		await this.#end(call);
		return this.#home(call, "", 0);
	}

	async #end(call: Call): Promise<void> {
		const secret = this.#secretIn(call);
		if (secret !== undefined) await this.#auth.sessions.end(secret);
	}

	#principal(call: Call): Admin | Person | undefined {
		const secret = this.#secretIn(call);
		return secret === undefined ? undefined : this.#auth.sessions.find(secret);
	}

	#secretIn({ headers, listener }: Call): string | undefined {
		const cookies = new Bun.CookieMap(headers.get("cookie") ?? "");
		return cookies.get(cookieOf(listener)) ?? undefined;
	}

	#home(call: Call, secret: string, maxAge: number): Response {
		return new Reply(303, null, {
			"cache-control": "no-store",
			location: this.#options.home,
			"set-cookie": setCookie(call, secret, maxAge),
		});
	}
}

/**
 * Browsers share cookies between the ports of a host. An encrypted listener has a name of its own: no browser lets a
 * page that came unencrypted replace a cookie that is `Secure`.
 */
function cookieOf({ port }: ListenerInfo): string {
	return `iottalk-${port}`;
}

/** @param maxAge Seconds. */
function setCookie({ listener }: Call, secret: string, maxAge: number): string {
	const cookie = new Bun.Cookie(cookieOf(listener), secret, {
		path: "/",
		httpOnly: true,
		sameSite: "strict",
		secure: listener.isEncrypted,
		maxAge,
	});
	return cookie.toString();
}

/** What is missing counts as empty, and is refused as a wrong login. */
function loginOf({ name = "", password = "" }: Body): LoginForm {
	return { name: String(name), password: String(password) };
}

/** Whether a person asked for a page in a browser: then the answer is the form instead of JSON. */
export function wantsForm(route: Route, { request, headers }: Call, error: AccessError): boolean {
	const isPage = route.replies[200]?.type === HTML;
	const isAsking = error.status !== 403 && request.method === "GET";
	return isPage && isAsking && (headers.get("accept") ?? "").includes(HTML);
}

/**
 * Whether a form was sent from a page of ours: another site must not log people in or out. Browsers say so by
 * `Sec-Fetch-Site`, on unencrypted networks by `Origin` alone; a client that sends neither is not a browser.
 */
export function isFromOurPage({ headers, listener }: Call): boolean {
	const site = headers.get("sec-fetch-site");
	if (site !== null) return site === "same-origin";
	const origin = headers.get("origin");
	if (origin === null) return true;
	if (!URL.canParse(origin)) return false;
	const { host, protocol } = new URL(origin);
	// Anyone on the way may have changed a page that came unencrypted. Before a proxy, the page's scheme is not known.
	return host === headers.get("host") && !(listener.isEncrypted && protocol === "http:");
}
