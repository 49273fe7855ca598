import { type Clock, type Logger, messageOf } from "../kit/mod.ts";
import { type AnsweringNode, AskedNodes, Moved } from "./asked-nodes.ts";
import { SMALL_BODY_BYTES } from "./body-memory.ts";
import { inTime, Late, refusal, whyOf } from "./forward-refusals.ts";
import { Answers, Bodies } from "./forwarded-bodies.ts";
import { ForwardedStreams } from "./forwarded-streams.ts";
import { LET_IN, type PassedCalls } from "./passed-calls.ts";
import { answerFields, askedFields } from "./passed-fields.ts";
import type { RouteContext } from "./route.ts";

export interface CallPasserOptions {
	/** What another node answers for, in reasons. */
	readonly what: string;
	/** Largest body of a request, bytes. */
	readonly maxBodyBytes: number;
	readonly bodyTimeoutMs: number;
	/** How often it is looked whether the node that was asked still is the one. */
	readonly lookMs: number;
}

export interface CallPasserDeps {
	/** Whether this node is the one that answers. */
	readonly isHere: () => boolean;
	/** The one that does; undefined: none, at the moment. */
	readonly owner: () => Promise<AnsweringNode | undefined>;
	readonly calls: Pick<PassedCalls, "say">;
	readonly clock: Clock;
	readonly log: Logger;
}

type Body = Uint8Array<ArrayBuffer> | undefined;

/** What came of asking; with `abort` it is another node's answer, which it ends. */
interface Asked {
	readonly answer: Response;
	readonly abort?: AbortController;
}

/** Requests on their way at once, streams among them; the runtime sends no more than 256. */
const MAX_AT_ONCE = 240;
/** How long a request waits for a node that answers: moving in order takes less, and after a death clients ask again. */
const PATIENCE_MS = 2000;
const RETRY_MS = 100;
/** How long a node that answered is asked without a look at the database. */
const KNOWN_MS = 1000;
const EVENTS = "text/event-stream";
/** What a node answers that is not the one. */
const NOT_HERE = "x-iotctl-not-here";
const SAFE = ["GET", "HEAD", "OPTIONS"];
/** The other node has not heard of the request. */
const UNHEARD = new Set(["ConnectionRefused", "ECONNREFUSED", "FailedToOpenSocket", "ENOTFOUND"]);

/** Passes requests on to the one node of a cluster that answers them, and tells it who was let in. */
export class CallPasser {
	readonly #options: CallPasserOptions;
	readonly #deps: CallPasserDeps;
	readonly #streams: ForwardedStreams;
	readonly #answers = new Answers();
	readonly #bodies: Bodies;
	readonly #asked: AskedNodes;
	#open = 0;
	#known: { readonly node: AnsweringNode; readonly until: number } | undefined;

	constructor(options: CallPasserOptions, deps: CallPasserDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#streams = new ForwardedStreams(deps.clock);
		this.#bodies = new Bodies(deps.clock, options.bodyTimeoutMs);
		this.#asked = new AskedNodes(options.lookMs, deps);
	}

	/** Ends all streams: pages come back by themselves. */
	stop(): void {
		this.#streams.stop();
	}

	/**
	 * The answer of another node, or why there is none; undefined: this node answers.
	 * @throws BodyError when the body is too long or late.
	 */
	async pass(context: RouteContext): Promise<Response | undefined> {
		if (this.#deps.isHere()) return undefined;
		// One hop: two nodes that each think it is the other would send it to and fro.
		if (context.call.letIn !== undefined) return this.#notHere();
		if (this.#open >= MAX_AT_ONCE) return refusal(503, "too many requests at once: try again");
		this.#open += 1;
		let isStream = false;
		try {
			const { answer, abort } = await this.#askOwner(context, await this.#bodyOf(context));
			if (abort === undefined) return answer;
			const type = answer.headers.get("content-type") ?? "";
			if (!type.startsWith(EVENTS)) return await this.#whole(answer, abort);
			if (this.#streams.isFull) {
				this.#asked.delete(abort);
				abort.abort();
				return refusal(503, "this node passes on as many streams as it can");
			}
			isStream = true;
			return this.#stream(answer, abort, context);
		} finally {
			if (!isStream) this.#open -= 1;
		}
	}

	/** Asks until a node answers, while none can have heard of it or it may be asked twice. */
	async #askOwner(context: RouteContext, body: Body): Promise<Asked> {
		const { clock, log } = this.#deps;
		const { what } = this.#options;
		let deadline = clock.now() + PATIENCE_MS;
		let reason = `no node of the cluster has ${what} at the moment`;
		for (;;) {
			const node = await this.#owner().catch((error) => {
				reason = messageOf(error);
				return undefined;
			});
			try {
				const asked = node && (await this.#ask(context, node, body));
				if (asked !== undefined) return asked;
			} catch (error) {
				reason = `cannot reach ${what} at ${node?.url}: ${whyOf(error, "")}`;
				if (error instanceof Late) return { answer: refusal(504, `${what} does not answer`) };
				if (!isUnheard(error) && !SAFE.includes(context.call.request.method)) {
					log.warn(reason);
					return { answer: refusal(502, `${reason}; look whether it was done`) };
				}
				if (error instanceof Moved) deadline = clock.now() + PATIENCE_MS;
			}
			this.#known = undefined;
			if (clock.now() > deadline) return { answer: refusal(503, `${reason}: try again`) };
			await pause(clock);
		}
	}

	async #owner(): Promise<AnsweringNode | undefined> {
		const { clock, owner } = this.#deps;
		if (this.#known !== undefined && this.#known.until > clock.now()) return this.#known.node;
		const node = await owner();
		this.#known = node && { node, until: clock.now() + KNOWN_MS };
		return node;
	}

	/** @returns undefined: the node does not answer such requests at the moment. */
	async #ask(
		{ call, account }: RouteContext,
		node: AnsweringNode,
		body: Body,
	): Promise<Asked | undefined> {
		const { method, url } = call.request;
		const { pathname, search } = new URL(url);
		const said = this.#deps.calls.say(call, account() ?? null, pathname + search);
		if (said === undefined) return undefined;
		const headers = askedFields(call);
		headers.set(LET_IN, said);
		const abort = new AbortController();
		this.#asked.add(node, abort);
		try {
			const answer = await inTime(this.#deps.clock, abort, () =>
				fetch(node.url + pathname + search, {
					...{ method, headers, redirect: "manual", signal: abort.signal },
					...(body !== undefined && body.length > 0 && { body }),
				}),
			);
			if (answer.headers.get(NOT_HERE) === null) return { answer, abort };
		} catch (error) {
			this.#asked.delete(abort);
			throw error;
		}
		this.#asked.delete(abort);
		abort.abort();
		return undefined;
	}

	async #whole(answer: Response, abort: AbortController): Promise<Response> {
		const { what } = this.#options;
		try {
			const content = await inTime(this.#deps.clock, abort, () => this.#answers.collect(answer));
			if (content === "busy") return refusal(503, "too many large answers at once: try again");
			if (content === "long") return refusal(502, `the answer of ${what} is too long`);
			const { status } = answer;
			const headers = answerFields(answer.headers);
			return new Response(content.length === 0 ? null : content, { status, headers });
		} catch (error) {
			if (error instanceof Late) return refusal(504, `${what} does not answer`);
			return refusal(502, `the answer of ${what} broke off: ${whyOf(error, "")}`);
		} finally {
			this.#asked.delete(abort);
			abort.abort();
		}
	}

	#stream(answer: Response, abort: AbortController, context: RouteContext): Response {
		const ended = () => {
			this.#open -= 1;
			this.#asked.delete(abort);
		};
		const content = this.#streams.open(answer, abort, ended, () => context.stillMay());
		const headers = answerFields(answer.headers);
		return new Response(content, { status: answer.status, headers });
	}

	/** @throws BodyError */
	async #bodyOf({ call, visitor }: RouteContext): Promise<Body> {
		if (SAFE.includes(call.request.method)) return undefined;
		const most = visitor.kind === "anonymous" ? SMALL_BODY_BYTES : this.#options.maxBodyBytes;
		return await this.#bodies.collect(call, Math.min(most, this.#options.maxBodyBytes));
	}

	#notHere(): Response {
		const answer = refusal(503, `this node has not ${this.#options.what}: try again`);
		answer.headers.set(NOT_HERE, "1");
		return answer;
	}
}

function isUnheard(error: unknown): boolean {
	return error instanceof Error && "code" in error && UNHEARD.has(String(error.code));
}

function pause(clock: Clock): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	clock.after(RETRY_MS, resolve);
	return promise;
}
