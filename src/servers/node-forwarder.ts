import {
	askNode,
	type Call,
	collected,
	type DeviceOwners,
	devicePasswordIn,
	ELSEWHERE,
	isEvents,
	moved,
	NotReachedError,
	type PassedCalls,
	type RouteContext,
	reject,
} from "../http/mod.ts";
import { type Clock, type Logger, messageOf, pause, StorageError } from "../kit/mod.ts";
import {
	isPassedOn,
	questionOf,
	showLocal,
	showPassword,
	whole,
	withOwnScheme,
} from "./passed-on.ts";

export interface NodeForwarderDeps {
	readonly isOurs: (id: string) => boolean;
	readonly partitionOf: (id: string) => number;
	/** The node of a device; undefined: there is none at the moment. */
	readonly ownerOf: (id: string) => Promise<{ name: string; url: string } | undefined>;
	/** Time a client gets to send a body. */
	readonly bodyTimeoutMs: number;
	/** Tells other nodes who was let in; without it, no one is. */
	readonly calls?: Pick<PassedCalls, "say">;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Longer than a node that died is missing, for most leases. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 200;
const ANSWER_MS = 10_000;
/** A device waits for 25 seconds at most, and streams carry a comment more often than this. */
const SILENCE_MS = 40_000;
const SAY_EVERY_MS = 60_000;
/** How long a node is believed to have a partition; it says itself when it has not. */
const OWNER_MS = 1000;
/** Requests of devices that are passed on at once; most of them wait or listen. */
const MAX_AT_ONCE = 4000;
/** Longest body of a device (`csm.md §3.4`), and how many may be arriving. */
const MAX_BODY_BYTES = 64 << 10;
const MAX_BODIES = 500;
const NO_ONE = "no node of the cluster has the device at the moment";

/** The node of a partition, as it was when it was asked for. */
interface Owner {
	readonly url: Promise<string | undefined>;
	until: number;
}

/** A request that is passed on until it is answered. */
interface Passing {
	readonly id: string;
	readonly signal: AbortSignal;
	readonly ask: (url: string) => Promise<Response>;
	/** Whether an answer means that another node is to be asked. */
	readonly isElsewhere: (answer: Response) => boolean;
	/** Whether it may be sent again when it is not known what became of it. */
	readonly mayRepeat: boolean;
}

/** Passes requests for devices on to the nodes that have them. */
export class NodeForwarder implements DeviceOwners {
	readonly #deps: NodeForwarderDeps;
	/** By partition. */
	readonly #owners = new Map<number, Owner>();
	/** What ends requests of devices. */
	readonly #passing = new Set<AbortController>();
	#bodies = 0;
	#isStopped = false;
	#saidAt = Number.NEGATIVE_INFINITY;

	constructor(deps: NodeForwarderDeps) {
		this.#deps = deps;
	}

	isOurs(id: string): boolean {
		return this.#deps.isOurs(id);
	}

	async ask(context: RouteContext, id: string, body: unknown): Promise<Response> {
		const { call } = context;
		const { method } = call.request;
		const { signal } = new AbortController();
		if (isPassedOn(call)) return moved(id);
		const hasBody = method !== "GET" && body !== undefined;
		const content = hasBody ? Buffer.from(JSON.stringify(body)) : undefined;
		return await this.#patiently({
			...{ id, signal, mayRepeat: true },
			ask: async (url) => {
				const question = questionOf(call, { content, silenceMs: ANSWER_MS, signal });
				if (hasBody) question.headers.set("content-type", "application/json");
				showLocal(question.headers, context, this.#deps.calls);
				return await withOwnScheme(call, await whole(await askNode(url, question)));
			},
			isElsewhere: ({ status }) => status === 503,
		});
	}

	async pass({ call }: RouteContext, id: string): Promise<Response> {
		if (isPassedOn(call)) return moved(id);
		if (this.#isStopped) return refusal("the server stops: try again in a moment", id);
		if (this.#passing.size >= MAX_AT_ONCE || this.#bodies >= MAX_BODIES) {
			return refusal("too many requests are passed on to other nodes: try again", id);
		}
		const end = new AbortController();
		this.#passing.add(end);
		call.onOver(() => {
			this.#passing.delete(end);
			end.abort();
		});
		const { signal } = end;
		const isSending = call.request.method === "POST";
		const content = isSending ? await this.#contentOf(call, id) : undefined;
		const silenceMs = isSending ? ANSWER_MS : SILENCE_MS;
		return await this.#patiently({
			...{ id, signal, mayRepeat: !isSending },
			ask: async (url) => {
				const question = questionOf(call, { content, silenceMs, signal });
				showPassword(question.headers, call, id);
				const answer = await askNode(url, question);
				return isEvents(answer) ? answer : await whole(answer);
			},
			isElsewhere: ({ headers }) => headers.has(ELSEWHERE),
		});
	}

	/** Devices come back, to another node. */
	stop(): void {
		this.#isStopped = true;
		for (const end of this.#passing) end.abort();
	}

	async #patiently({ id, signal, ask, isElsewhere, mayRepeat }: Passing): Promise<Response> {
		const { clock } = this.#deps;
		const deadline = clock.now() + PATIENCE_MS;
		for (;;) {
			const owner = this.#ownerOf(id);
			let problem = NO_ONE;
			let isOver = false;
			try {
				const url = await owner.url;
				const answer = url === undefined ? undefined : await ask(url);
				if (answer !== undefined && !isElsewhere(answer)) return answer;
			} catch (error) {
				problem = messageOf(error);
				const isUnsent = error instanceof NotReachedError || error instanceof StorageError;
				isOver = !mayRepeat && !isUnsent;
			}
			// All that wait for the same partition ask once.
			owner.until = Math.min(owner.until, clock.now() + RETRY_MS / 2);
			if (signal.aborted) return refusal("the server stops: try again in a moment", id);
			if (isOver || clock.now() > deadline) {
				this.#say(id, problem);
				return refusal(`${problem}: try again`, id);
			}
			await pause(clock, RETRY_MS);
		}
	}

	/** Once a minute: devices that send ten times a second would fill the disk. */
	#say(id: string, reason: string): void {
		const { clock, log } = this.#deps;
		if (clock.now() - this.#saidAt < SAY_EVERY_MS) return;
		this.#saidAt = clock.now();
		log.warn("cannot pass a request on", { da_id: id, reason });
	}

	#ownerOf(id: string): Owner {
		const { partitionOf, ownerOf, clock } = this.#deps;
		const partition = partitionOf(id);
		const known = this.#owners.get(partition);
		if (known !== undefined && clock.now() < known.until) return known;
		const url = ownerOf(id).then((owner) => owner?.url);
		// Those who ask are told.
		url.catch(() => {});
		const owner = { url, until: clock.now() + OWNER_MS };
		this.#owners.set(partition, owner);
		return owner;
	}

	/**
	 * What a device sends; undefined: its node is going to refuse it without, as one that shows no password, or is announced to
	 * be too long.
	 * @throws BodyError
	 */
	async #contentOf(call: Call, id: string): Promise<Uint8Array | undefined> {
		const { body, headers } = call;
		const { clock, bodyTimeoutMs } = this.#deps;
		if (devicePasswordIn(call, id) === undefined) return undefined;
		if (Number(headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return undefined;
		this.#bodies += 1;
		try {
			return await collected(body, MAX_BODY_BYTES, clock, bodyTimeoutMs);
		} finally {
			this.#bodies -= 1;
		}
	}
}

function refusal(reason: string, id: string): Response {
	return reject(503, reason, id, { "retry-after": "1" });
}
