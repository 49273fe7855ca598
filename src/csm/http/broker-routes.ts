import { type TSchema, Type } from "@sinclair/typebox";
import type { BrokerAnswers, SharedSecret } from "../../auth/mod.ts";
import {
	LoginQuestion,
	readLoginQuestion,
	readTopicQuestion,
	TopicQuestionBody,
} from "../../contract/mod.ts";
import {
	AccessError,
	bearerOf,
	type Call,
	failure,
	type Replies,
	Reply,
	type Route,
	type RouteContext,
	reject,
	route,
} from "../../http/mod.ts";
import { InputError, type Logger } from "../../kit/mod.ts";
import { readBrokerBody } from "./broker-body.ts";

export interface BrokerRoutesDeps {
	readonly answers: Pick<BrokerAnswers, "allows" | "mayConnect">;
	readonly key: Pick<SharedSecret, "refuse">;
	readonly log: Logger;
	/** Questions that may be open at once; further ones are turned away. */
	readonly maxOpen?: number;
}

interface Verdict {
	readonly isAllowed: boolean;
	/** How the broker understands a no. */
	readonly refusedBy: "status" | "body";
}

type Decide = (fields: Readonly<Record<string, unknown>>, address: string) => Promise<Verdict>;

const MAX_OPEN = 500;
/** How long a broker is to wait that asks too much at once. */
const WAIT_SECONDS = "1";
/** Malformed questions that are logged, each once: a broker asks the same way each time. */
const MAX_LOGGED = 20;

const Answer = Type.Object({ result: Type.Union([Type.Literal("allow"), Type.Literal("deny")]) });
const REPLIES: Replies = {
	200: { description: "allow; and deny, to brokers that look for it in the body", schema: Answer },
	403: { description: "deny", schema: Answer },
	429: failure("too many wrong keys, or failed logins", "Retry-After"),
	503: failure(
		"too many questions at once; or the database of a cluster does not answer",
		"Retry-After",
	),
};

/**
 * What another program's broker asks: who may connect, and who may use which topic (`csm.md §8.1`). A form is answered
 * with text, JSON with JSON.
 */
export function brokerRoutes(deps: BrokerRoutesDeps): Route[] {
	const questions = new Questions(deps);
	const { answers } = deps;
	return [
		questions.route(
			"/mqtt/auth",
			"Whether a client may connect",
			LoginQuestion,
			async (fields, broker) => {
				const { username = "", password = "", peerhost } = readLoginQuestion(fields);
				// Not the address alone: what clients of a broker get wrong must not keep out people at its machine.
				const address = peerhost ?? `broker ${broker}`;
				const answer = await answers.mayConnect(username, password, address);
				if (typeof answer !== "boolean") throw wait("too many failed logins", answer.waitMs);
				return { isAllowed: answer, refusedBy: "status" };
			},
		),
		questions.route(
			"/mqtt/acl",
			"Whether a client may use a topic",
			TopicQuestionBody,
			async (fields) => {
				const question = readTopicQuestion(fields);
				return { isAllowed: await answers.allows(question), refusedBy: question.refusedBy };
			},
		),
	];
}

/** Takes questions, and turns decisions into what brokers understand. */
class Questions {
	readonly #deps: BrokerRoutesDeps;
	readonly #logged = new Set<string>();
	#open = 0;

	constructor(deps: BrokerRoutesDeps) {
		this.#deps = deps;
	}

	route(path: string, summary: string, body: TSchema, decide: Decide): Route {
		const described = { method: "POST", path, summary, who: "broker", replies: REPLIES } as const;
		return route({
			...described,
			// The table knows bodies of one type only.
			describes: [{ ...described, body }],
			admit: ({ call }) => this.#needKey(call),
			run: (context) => this.#answer(context, decide),
		});
	}

	/** The URL is for brokers that cannot set header fields; no log has it. */
	#needKey({ request, headers, remoteAddress }: Call): void {
		const shown = bearerOf(headers.get("authorization"));
		const inUrl = new URL(request.url).searchParams.get("key");
		const refusal = this.#deps.key.refuse(shown || (inUrl ?? ""), remoteAddress);
		if (refusal?.kind === "slow") throw wait("too many wrong keys", refusal.waitMs);
		if (refusal === undefined) return;
		throw new AccessError(
			401,
			"the broker's key is missing or wrong: send it as Authorization: Bearer, or as ?key= in the URL",
		);
	}

	async #answer(context: RouteContext, decide: Decide): Promise<Response> {
		if (this.#open >= (this.#deps.maxOpen ?? MAX_OPEN)) {
			return reject(503, "too many questions at once", undefined, { "retry-after": WAIT_SECONDS });
		}
		this.#open += 1;
		try {
			const { isJson, fields } = await readBrokerBody(context);
			return reply(await decide(fields, context.call.remoteAddress), isJson);
		} catch (error) {
			// BodyError has a status of its own.
			if (!(error instanceof InputError) || "status" in error) throw error;
			this.#notReadable(error.message, context.call);
			return reject(400, error.message);
		} finally {
			this.#open -= 1;
		}
	}

	#notReadable(reason: string, { request, remoteAddress: address }: Call): void {
		if (this.#logged.size >= MAX_LOGGED || this.#logged.has(reason)) return;
		this.#logged.add(reason);
		const { pathname: path } = new URL(request.url);
		this.#deps.log.warn("cannot read what a broker asks", { reason, path, address });
	}
}

function reply({ isAllowed, refusedBy }: Verdict, isJson: boolean): Reply {
	const word = isAllowed ? "allow" : "deny";
	const status = isAllowed || refusedBy === "body" ? 200 : 403;
	const [content, type] = isJson
		? [JSON.stringify({ result: word }), "application/json"]
		: [word, "text/plain"];
	// Brokers that keep answers do so by settings of their own.
	return new Reply(status, content, { "content-type": type, "cache-control": "no-store" });
}

function wait(what: string, waitMs: number): AccessError {
	const seconds = Math.ceil(waitMs / 1000);
	return new AccessError(429, `${what}: wait ${seconds} s`, seconds);
}
