import { LOCAL_ACCOUNT } from "../auth/mod.ts";
import {
	type Call,
	devicePasswordIn,
	LET_IN,
	type NodeQuestion,
	type PassedCalls,
	type RouteContext,
} from "../http/mod.ts";

/** Says that a request was passed on already: it goes no further. */
const PASSED_ON = "x-iotctl-passed-on";
/** Fields of a request that the other node is told. */
const TOLD = ["accept", "authorization", "content-encoding", "content-type", "user-agent"];
/** By which the other node sees a page of another origin, where this one does. */
const OF_PAGES = ["origin", "sec-fetch-mode", "sec-fetch-site"];

/** Whether a request comes from another node. */
export function isPassedOn({ headers }: Call): boolean {
	return headers.get(PASSED_ON) !== null;
}

/** The same request for another node, which answers it as if it had been asked itself. */
export function questionOf(
	{ request, headers, from, base, prefix }: Call,
	rest: Pick<NodeQuestion, "content" | "silenceMs" | "signal">,
): NodeQuestion {
	const { pathname, search } = new URL(request.url);
	// The client's, which is answered with addresses that it reaches.
	const host = base.slice(base.indexOf("//") + 2, base.length - prefix.length);
	const told = new Headers({ [PASSED_ON]: "1", host });
	const length = rest.content === undefined ? ["content-length"] : [];
	const pages = from.foreignOrigin === undefined ? [] : OF_PAGES;
	for (const name of [...TOLD, ...length, ...pages]) {
		const value = headers.get(name);
		if (value !== null) told.set(name, value);
	}
	return { method: request.method, path: pathname + search, headers: told, ...rest };
}

/** Shows the password that a device has shown; its cookie is that of the listener it came by, and of no other node's. */
export function showPassword(told: Headers, call: Call, id: string): void {
	const password = told.has("authorization") ? undefined : devicePasswordIn(call, id);
	if (password === undefined) return;
	told.set("authorization", `Basic ${Buffer.from(`${id}:${password}`).toString("base64")}`);
}

/**
 * Shows that the command line of this machine asks, whose key other nodes do not know.
 * @param calls Say it for each time the request is sent: it counts once. Undefined: no one is let in by another node.
 */
export function showLocal(
	told: Headers,
	{ call, visitor }: RouteContext,
	calls: Pick<PassedCalls, "say"> | undefined,
): void {
	if (visitor.kind !== "admin" || visitor.name !== LOCAL_ACCOUNT.name) return;
	const { pathname, search } = new URL(call.request.url);
	const said = calls?.say(call, LOCAL_ACCOUNT, pathname + search);
	if (said === undefined) return;
	told.delete("authorization");
	told.set(LET_IN, said);
}

/** Addresses of a device that registers, by the scheme it used itself; nodes may reach each other by another. */
export async function withOwnScheme({ request, base }: Call, answer: Response): Promise<Response> {
	if (request.method !== "PUT" || answer.status !== 200) return answer;
	const scheme = base.slice(0, base.indexOf("://"));
	const text = await answer.text();
	const { status, headers } = answer;
	const own = text.replaceAll(/("(?:up|down)":")https?:/g, `$1${scheme}:`);
	return new Response(own, { status, headers });
}

/** An answer with all of its content. @throws Error when it is cut off, or not waited for any more. */
export async function whole(answer: Response): Promise<Response> {
	const { status, headers, body } = answer;
	if (body === null) return answer;
	return new Response(await answer.arrayBuffer(), { status, headers });
}
