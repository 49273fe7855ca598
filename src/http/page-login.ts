import type { Logger } from "../kit/mod.ts";
import type { AccessError, Admin, AuthPort } from "./access.ts";
import type { BodyReader } from "./body.ts";
import type { Call } from "./call.ts";
import { pageHeaders } from "./page-headers.ts";
import { reject } from "./replies.ts";

export interface PageLoginOptions {
	/** The form as HTML, with a place for what was wrong. */
	readonly form: string;
	/** Port of this server: browsers share cookies between the ports of a host. */
	readonly port: () => number;
	/** Whether browsers reach the server encrypted. */
	readonly isEncrypted: boolean;
}

/** Place of the message in the form. */
const MESSAGE = "<!-- message -->";
const WEEK_SECONDS = 7 * 86_400;

/** Logging in at the live page: a form, and a cookie that stands for the session. */
export class PageLogin {
	readonly #options: PageLoginOptions;
	readonly #auth: AuthPort;
	readonly #bodies: BodyReader;
	readonly #log: Logger;

	constructor(options: PageLoginOptions, auth: AuthPort, bodies: BodyReader, log: Logger) {
		this.#options = options;
		this.#auth = auth;
		this.#bodies = bodies;
		this.#log = log;
	}

	/** Who asks, by the cookie. It counts for looking only: nothing can be changed with it. */
	visitor(request: Request): Admin | undefined {
		const secret = this.#secretIn(request);
		return secret === undefined ? undefined : this.#auth.sessions.find(secret);
	}

	/** The form, with the reason why it is shown again. */
	form(status: number, message = ""): Response {
		const html = this.#options.form.replace(MESSAGE, () => message);
		return new Response(html, { status, headers: pageHeaders(html) });
	}

	/** `POST /login` with `name` and `password`. @throws BodyError */
	async login(call: Call): Promise<Response> {
		const { request, remoteAddress: address } = call;
		if (!isFromOurPage(request)) return fromElsewhere();
		const form = await this.#bodies.readForm(call);
		const name = form.get("name") ?? "";
		const outcome = await this.#auth.login(name, form.get("password") ?? "", address);
		if (outcome.kind === "slow") {
			const seconds = Math.ceil(outcome.waitMs / 1000);
			return this.form(429, `Too many failed logins: try again in ${seconds} s.`);
		}
		if (outcome.kind !== "admin") return this.form(401, "Wrong name or password.");
		this.#log.audit("logged in at the page", { user: outcome.name, address });
		return this.#home(this.#auth.sessions.begin(outcome), WEEK_SECONDS);
	}

	/** `POST /logout`. */
	logout(request: Request): Response {
		if (!isFromOurPage(request)) return fromElsewhere();
		const secret = this.#secretIn(request);
		if (secret !== undefined) this.#auth.sessions.end(secret);
		return this.#home("", 0);
	}

	get #cookie(): string {
		return `iottalk-${this.#options.port()}`;
	}

	#secretIn(request: Request): string | undefined {
		const cookies = new Bun.CookieMap(request.headers.get("cookie") ?? "");
		return cookies.get(this.#cookie) ?? undefined;
	}

	#home(secret: string, maxAge: number): Response {
		const cookie = new Bun.Cookie(this.#cookie, secret, {
			path: "/",
			httpOnly: true,
			sameSite: "strict",
			secure: this.#options.isEncrypted,
			maxAge,
		});
		return new Response(null, {
			status: 303,
			headers: { Location: "./", "Set-Cookie": cookie.toString(), "Cache-Control": "no-store" },
		});
	}
}

/** Whether a browser's person sees the answer: then it is the form instead of JSON. */
export function wantsForm(request: Request, error: AccessError): boolean {
	const { pathname } = new URL(request.url);
	const isPage = pathname.endsWith("/") || pathname.endsWith("/openapi");
	const isAsking = error.status !== 403 && request.method === "GET";
	return isPage && isAsking && (request.headers.get("accept") ?? "").includes("text/html");
}

/**
 * Whether a form was sent from a page of ours: another site must not log anybody in or out. Browsers say so by
 * `Sec-Fetch-Site`, on unencrypted networks by `Origin` alone; who sends neither is no browser.
 */
export function isFromOurPage(request: Request): boolean {
	const site = request.headers.get("sec-fetch-site");
	if (site !== null) return site === "same-origin";
	const origin = request.headers.get("origin");
	if (origin === null) return true;
	return URL.canParse(origin) && new URL(origin).host === request.headers.get("host");
}

function fromElsewhere(): Response {
	return reject(403, "this form is accepted only from the server's own page");
}
