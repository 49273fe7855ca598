import { foreignHostReason, foreignOriginReason } from "../auth/mod.ts";
import { type Clock, type Logger, messageOf } from "../kit/mod.ts";
import { AccessError } from "./access.ts";
import { BodyError } from "./body.ts";
import type { Call, ListenerInfo } from "./call.ts";
import { inTime, Late, refusal, whyOf } from "./forward-refusals.ts";
import { Answers, Bodies } from "./forwarded-bodies.ts";
import { ForwardedCookies } from "./forwarded-cookies.ts";
import { EVENTS, ForwardedStreams, isEvents } from "./forwarded-streams.ts";
import { isFromOurPage } from "./page-login.ts";
import { isSafe } from "./safe-methods.ts";

export interface ForwarderOptions {
	/** Where the other server is, such as `http://10.0.0.2:9992/iottalk/ccm`, without a slash at its end. */
	readonly base: string;
	/** What the other server is called in reasons. */
	readonly what: string;
	/** Before the names of its cookies here. */
	readonly cookiePrefix: (listener: ListenerInfo) => string;
	/** Whether `Authorization` is a login of this server alone, which another server must not see. */
	readonly isOwnLogin: (authorization: string) => boolean;
	/** Certificate authority of the other server as PEM; undefined: those of the system. */
	readonly ca?: string | undefined;
	/** Largest body of a request, bytes. */
	readonly maxBodyBytes: number;
	readonly bodyTimeoutMs: number;
}

export interface ForwarderDeps {
	readonly clock: Clock;
	readonly log: Logger;
}

/** Requests on their way at once, streams among them; the runtime sends no more than 256. */
const MAX_AT_ONCE = 240;
const MAX_STREAMS = 180;

/** Fields of a request that the other server is told. */
const ASKED = ["accept", "accept-language", "authorization", "content-type", "user-agent"];
/** Fields of an answer that are about the connection it came by, or are rewritten. */
const OWN_FIELDS = new Set(
	"connection content-encoding content-length date keep-alive set-cookie transfer-encoding".split(
		" ",
	),
);

/**
 * Passes requests of this server's own pages, and of programs, on to another server. It is the one that looks where a
 * request comes from: to the other server all of them come from a program.
 */
export class Forwarder {
	readonly #options: ForwarderOptions;
	readonly #deps: ForwarderDeps;
	readonly #cookies: ForwardedCookies;
	#open = 0;
	readonly #streams: ForwardedStreams;
	readonly #answers = new Answers();
	readonly #bodies: Bodies;
	#problem: string | undefined;

	constructor(options: ForwarderOptions, deps: ForwarderDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#streams = new ForwardedStreams(MAX_STREAMS, deps.clock);
		this.#bodies = new Bodies(deps.clock, options.bodyTimeoutMs);
		this.#cookies = new ForwardedCookies(options.cookiePrefix);
	}

	/** Requests on their way, streams among them. */
	get inFlight(): number {
		return this.#open;
	}

	/** Streams that are open. */
	get streams(): number {
		return this.#streams.size;
	}

	/** Ends all streams: pages come back by themselves. */
	stop(): void {
		this.#streams.stop();
	}

	/** Why the last request was not answered; undefined: it was. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/**
	 * @param path Of the other server, with what follows `?`.
	 * @returns its answer, or 502 to 504 with the reason in one sentence.
	 * @throws AccessError when a page of another origin asks, BodyError when the body is too long or late.
	 */
	async forward(call: Call, path: string): Promise<Response> {
		refuseOthers(call);
		if (this.#open >= MAX_AT_ONCE) return refusal(503, "too many requests at once: try again");
		this.#open += 1;
		let isStream = false;
		const abort = new AbortController();
		try {
			const upstream = await this.#ask(call, path, abort);
			const headers = this.#answerFields(upstream.headers, call.listener);
			if (!isEvents(upstream)) {
				return await this.#whole(upstream, headers, abort);
			}
			if (this.#streams.isFull) {
				abort.abort();
				return refusal(503, "the server has as many streams open as it can serve");
			}
			isStream = true;
			headers.set("content-type", EVENTS);
			const content = this.#streams.open(upstream, abort, () => {
				this.#open -= 1;
			});
			return new Response(content, { status: upstream.status, headers });
		} catch (error) {
			abort.abort();
			if (error instanceof BodyError) throw error;
			return this.#unanswered(error);
		} finally {
			if (!isStream) this.#open -= 1;
		}
	}

	async #whole(upstream: Response, headers: Headers, abort: AbortController): Promise<Response> {
		const content = await inTime(this.#deps.clock, abort, () => this.#answers.collect(upstream));
		if (content === "busy") return refusal(503, "too many large answers at once: try again");
		if (content === "long") return refusal(502, `the answer of ${this.#options.what} is too long`);
		return new Response(content, { status: upstream.status, headers });
	}

	async #ask(call: Call, path: string, abort: AbortController): Promise<Response> {
		const { base, ca } = this.#options;
		const { method } = call.request;
		const body = isSafe(method)
			? undefined
			: await this.#bodies.collect(call, this.#options.maxBodyBytes);
		const answer = await inTime(this.#deps.clock, abort, () =>
			fetch(base + path, {
				method,
				headers: this.#askedFields(call),
				redirect: "manual",
				signal: abort.signal,
				...(body !== undefined && body.length > 0 && { body }),
				...(ca !== undefined && { tls: { ca } }),
			}),
		);
		if (this.#problem !== undefined)
			this.#deps.log.info("project manager can be reached again", { url: base });
		this.#problem = undefined;
		return answer;
	}

	#askedFields({ headers, remoteAddress, from, listener }: Call): Headers {
		const asked = new Headers({ "accept-encoding": "identity" });
		for (const name of ASKED) {
			const value = headers.get(name);
			if (value === null || (name === "authorization" && this.#options.isOwnLogin(value))) continue;
			asked.set(name, value);
		}
		const cookies = this.#cookies.asked(headers.get("cookie"), listener);
		if (cookies !== "") asked.set("cookie", cookies);
		// By these it knows that it is not this machine that asks (`registration` in `[gui]`).
		asked.set("x-forwarded-for", remoteAddress);
		asked.set("x-forwarded-host", from.host.name);
		asked.set("x-forwarded-proto", listener.isEncrypted ? "https" : "http");
		return asked;
	}

	#answerFields(answered: Headers, listener: ListenerInfo): Headers {
		const fields = new Headers();
		for (const [name, value] of answered) if (!OWN_FIELDS.has(name)) fields.append(name, value);
		for (const cookie of answered.getSetCookie()) {
			fields.append("set-cookie", this.#cookies.answered(cookie, listener));
		}
		return fields;
	}

	#unanswered(error: unknown): Response {
		const { what, base } = this.#options;
		const isLate = error instanceof Late;
		const reason = isLate
			? `${what} at ${base} does not answer`
			: `cannot reach ${what} at ${base}: ${whyOf(error)}`;
		if (this.#problem === undefined) this.#deps.log.warn(reason, { detail: messageOf(error) });
		this.#problem = reason;
		return refusal(isLate ? 504 : 502, reason);
	}
}

/** @throws AccessError when a page that is not of this server asks, or asks under a name that is not this server's. */
function refuseOthers(call: Call): void {
	const { foreignOrigin, isOwnHost, host } = call.from;
	if (!isOwnHost) throw new AccessError(403, foreignHostReason(host));
	if (foreignOrigin !== undefined) throw new AccessError(403, foreignOriginReason(foreignOrigin));
	if (!isSafe(call.request.method) && !isFromOurPage(call)) {
		throw new AccessError(403, "accepted only from the server's own page");
	}
}
