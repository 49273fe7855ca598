import { type Clock, type Logger, messageOf, pause } from "../kit/mod.ts";
import { type AnsweringNode, AskedNodes } from "./asked-nodes.ts";
import { SMALL_BODY_BYTES } from "./body-memory.ts";
import { inTime, Late, refusal, Unanswered, whyOf } from "./forward-refusals.ts";
import { Answers, Bodies } from "./forwarded-bodies.ts";
import { ForwardedStreams, isEvents, SILENCE_MS } from "./forwarded-streams.ts";
import { askNode, NotReachedError } from "./node-request.ts";
import { LET_IN, type PassedCalls } from "./passed-calls.ts";
import { answerFields, askedFields } from "./passed-fields.ts";
import type { Refuse, RouteContext } from "./route.ts";
import { isSafe } from "./safe-methods.ts";

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

/** Another node's answer, with what ends it. */
interface Asked {
	readonly answer: Response;
	readonly abort: AbortController;
}

/** Requests on their way at once, streams among them: more than the project manager serves, which then says so itself. */
const MAX_AT_ONCE = 1000;
const MAX_STREAMS = 600;
/**
 * How long a request waits until there is a node to ask: moving in order takes less, and after a death clients ask again.
 * The first time that one is asked does not count.
 */
const PATIENCE_MS = 2000;
const RETRY_MS = 100;
/** How long a node that answered is asked without a look at the database. */
const KNOWN_MS = 1000;
/** What a node answers that is not the one. */
const NOT_HERE = "x-iotctl-not-here";

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
		this.#streams = new ForwardedStreams(MAX_STREAMS, deps.clock);
		this.#bodies = new Bodies(deps.clock, options.bodyTimeoutMs);
		this.#asked = new AskedNodes(options.lookMs, deps);
	}

	/** Ends all streams: pages come back by themselves. */
	stop(): void {
		this.#streams.stop();
	}

	/**
	 * The answer of another node, or why there is none; undefined: this node answers.
	 * @param refuse How the route says errors.
	 * @throws BodyError when the body is too long or late.
	 */
	async pass(context: RouteContext, refuse: Refuse = refusal): Promise<Response | undefined> {
		if (this.#deps.isHere()) return undefined;
		// One hop: two nodes that each think it is the other would send it to and fro.
		if (context.call.letIn !== undefined) return this.#notHere();
		try {
			return await this.#pass(context);
		} catch (error) {
			if (!(error instanceof Unanswered)) throw error;
			return refuse(error.status, error.message, error.fields);
		}
	}

	/** @throws Unanswered, BodyError */
	async #pass(context: RouteContext): Promise<Response> {
		if (this.#open >= MAX_AT_ONCE)
			throw new Unanswered(503, "too many requests at once: try again");
		this.#open += 1;
		let isStream = false;
		try {
			const { answer, abort } = await this.#askOwner(context, await this.#bodyOf(context));
			if (!isEvents(answer)) return await this.#whole(answer, abort);
			if (this.#streams.isFull) {
				this.#asked.delete(abort);
				abort.abort();
				throw new Unanswered(503, "this node passes on as many streams as it can");
			}
			isStream = true;
			return this.#stream(answer, abort, context);
		} finally {
			if (!isStream) this.#open -= 1;
		}
	}

	/** Asks until a node answers, while none can have heard of it or it may be asked twice, and the client waits. @throws Unanswered */
	async #askOwner(context: RouteContext, body: Body): Promise<Asked> {
		const { clock, log } = this.#deps;
		const { what } = this.#options;
		const deadline = clock.now() + PATIENCE_MS;
		let firstMs: number | undefined;
		const left = new AbortController();
		context.call.onOver(() => left.abort());
		let reason = `no node of the cluster has ${what} at the moment`;
		for (;;) {
			const node = await this.#owner().catch((error) => {
				reason = messageOf(error);
				return undefined;
			});
			const askedAt = clock.now();
			try {
				const asked = node && (await this.#ask(context, node, body));
				if (asked !== undefined) return asked;
			} catch (error) {
				reason = `cannot reach ${what} at ${node?.url}: ${whyOf(error, "")}`;
				if (error instanceof Late) throw new Unanswered(504, `${what} does not answer`);
				const isUnheard = error instanceof NotReachedError;
				if (!isUnheard && !isSafe(context.call.request.method)) {
					log.warn(reason);
					throw new Unanswered(502, `${reason}; look whether it was done`);
				}
				firstMs ??= clock.now() - askedAt;
			}
			this.#known = undefined;
			if (left.signal.aborted || clock.now() > deadline + (firstMs ?? 0))
				throw new Unanswered(503, `${reason}: try again`);
			await pause(clock, RETRY_MS);
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
		headers.set("host", new URL(node.url).host);
		const abort = new AbortController();
		this.#asked.add(node, abort);
		try {
			const answer = await inTime(this.#deps.clock, abort, () =>
				askNode(node.url, {
					...{ method, path: pathname + search, headers },
					content: body?.length === 0 ? undefined : body,
					...{ silenceMs: SILENCE_MS, signal: abort.signal },
				}),
			);
			if (answer.headers.get(NOT_HERE) === null) return { answer, abort };
		} catch (error) {
			this.#asked.delete(abort);
			const { aborted, reason } = abort.signal;
			throw aborted && !(error instanceof NotReachedError) ? reason : error;
		}
		this.#asked.delete(abort);
		abort.abort();
		return undefined;
	}

	/** @throws Unanswered */
	async #whole(answer: Response, abort: AbortController): Promise<Response> {
		const { what } = this.#options;
		try {
			const content = await inTime(this.#deps.clock, abort, () => this.#answers.collect(answer));
			if (content === "busy") {
				throw new Unanswered(503, "too many large answers at once: try again");
			}
			if (content === "long") throw new Unanswered(502, `the answer of ${what} is too long`);
			const { status } = answer;
			const headers = answerFields(answer.headers);
			return new Response(content.length === 0 ? null : content, { status, headers });
		} catch (error) {
			if (error instanceof Unanswered) throw error;
			if (error instanceof Late) throw new Unanswered(504, `${what} does not answer`);
			throw new Unanswered(502, `the answer of ${what} broke off: ${whyOf(error, "")}`);
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
		if (isSafe(call.request.method)) return undefined;
		const most = visitor.kind === "anonymous" ? SMALL_BODY_BYTES : this.#options.maxBodyBytes;
		return await this.#bodies.collect(call, Math.min(most, this.#options.maxBodyBytes));
	}

	#notHere(): Response {
		const answer = refusal(503, `this node has not ${this.#options.what}: try again`);
		answer.headers.set(NOT_HERE, "1");
		return answer;
	}
}
