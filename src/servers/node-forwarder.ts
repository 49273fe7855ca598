import { LOCAL_ACCOUNT } from "../auth/mod.ts";
import {
	type DeviceOwners,
	LET_IN,
	type PassedCalls,
	type RouteContext,
	reject,
} from "../http/mod.ts";
import { type Clock, type Logger, messageOf } from "../kit/mod.ts";

export interface NodeForwarderDeps {
	readonly isOurs: (id: string) => boolean;
	/** The node of a device; undefined: there is none at the moment. */
	readonly ownerOf: (id: string) => Promise<{ name: string; url: string } | undefined>;
	/** Tells other nodes who was let in; without it, no one is. */
	readonly calls?: Pick<PassedCalls, "say">;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Longer than a node that died is missing, for most leases. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 200;
const ANSWER_MS = 10_000;
/** Says that a request was passed on already: it goes no further. */
const PASSED_ON = "x-iotctl-passed-on";
/** Fields of a request that the other node is told. */
const TOLD = ["accept", "authorization", "origin", "user-agent"];
/** Fields of an answer that are about the connection it came by. */
const OWN_FIELDS = ["connection", "content-encoding", "content-length", "date", "keep-alive"];

/** Passes requests for devices on to the nodes that have them. */
export class NodeForwarder implements DeviceOwners {
	readonly #deps: NodeForwarderDeps;

	constructor(deps: NodeForwarderDeps) {
		this.#deps = deps;
	}

	isOurs(id: string): boolean {
		return this.#deps.isOurs(id);
	}

	async ask(context: RouteContext, id: string, body: unknown): Promise<Response> {
		const { ownerOf, clock, log } = this.#deps;
		if (context.call.headers.get(PASSED_ON) !== null) {
			return reject(503, "the device's partition is being moved: try again", id);
		}
		const deadline = clock.now() + PATIENCE_MS;
		for (;;) {
			let problem = "no node of the cluster has the device at the moment";
			try {
				const owner = await ownerOf(id);
				if (owner !== undefined) {
					const answer = await passOn(context, owner.url, body, this.#said(context));
					if (answer.status !== 503) return answer;
				}
			} catch (error) {
				problem = messageOf(error);
			}
			if (clock.now() > deadline) {
				log.warn("cannot pass a request on", { da_id: id, reason: problem });
				return reject(503, `${problem}: try again`, id);
			}
			await pause(clock);
		}
	}

	/** Signed for each time it is asked: it counts once. */
	#said({ call, visitor }: RouteContext): string | undefined {
		const { calls } = this.#deps;
		if (calls === undefined || visitor.kind !== "admin" || visitor.name !== LOCAL_ACCOUNT.name) {
			return undefined;
		}
		const { pathname, search } = new URL(call.request.url);
		return calls.say(call, LOCAL_ACCOUNT, pathname + search);
	}
}

/** @param said That the command line of this machine asks, whose key other nodes do not know. */
async function passOn(
	{ call }: RouteContext,
	base: string,
	body: unknown,
	said: string | undefined,
): Promise<Response> {
	const { request, headers } = call;
	const url = new URL(request.url);
	const told = new Headers({ [PASSED_ON]: "1", "accept-encoding": "identity" });
	for (const name of TOLD) {
		const value = headers.get(name);
		if (value !== null) told.set(name, value);
	}
	if (said !== undefined) {
		told.delete("authorization");
		told.set(LET_IN, said);
	}
	const { method } = request;
	const hasBody = method !== "GET" && body !== undefined;
	if (hasBody) told.set("content-type", "application/json");
	const answer = await fetch(base + url.pathname + url.search, {
		...{ method, headers: told, redirect: "manual" },
		signal: AbortSignal.timeout(ANSWER_MS),
		...(hasBody && { body: JSON.stringify(body) }),
	});
	const fields = new Headers(answer.headers);
	for (const name of OWN_FIELDS) fields.delete(name);
	const content = await answer.arrayBuffer();
	const { status } = answer;
	return new Response(content.byteLength === 0 ? null : content, { status, headers: fields });
}

function pause(clock: Clock): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	clock.after(RETRY_MS, resolve);
	return promise;
}
