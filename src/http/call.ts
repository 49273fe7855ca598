import { type Account, OPAQUE_ORIGIN, type OriginRules, type Provenance } from "../auth/mod.ts";
import type { Incoming } from "./http-listener.ts";
import { prefixOf } from "./prefixes.ts";
import { RequestHeaders } from "./request-headers.ts";

/** What a request says of the listener that accepted it. */
export interface ListenerInfo {
	/** Whether callers reach it encrypted: by this server's certificate, or a proxy's. */
	readonly isEncrypted: boolean;
	/** The port it has, or whose sessions it shares. */
	readonly port: number;
}

/** A request whose path and origin are known. */
export interface Call {
	/** Method and path alone: to give it the headers as well would cost as much as all the rest of a small request. */
	readonly request: Request;
	readonly headers: RequestHeaders;
	readonly body: Incoming["body"];
	readonly onOver: Incoming["onOver"];
	readonly remoteAddress: string;
	readonly from: Provenance;
	readonly listener: ListenerInfo;
	/**
	 * Where the caller reached this server, such as `https://192.168.1.7:9993/csm`: the listener's scheme, host and port
	 * as the caller wrote them, and the prefix of the path; no slash at its end.
	 */
	readonly base: string;
	/** The prefix in it, such as `/csm`; empty: there is none. */
	readonly prefix: string;
	/** Another node of the cluster has let the caller in; undefined: it came to this server. */
	readonly letIn?: LetIn;
}

/** Who was let in by another node of the cluster. */
export interface LetIn {
	/** Null: someone without an account. */
	readonly account: Account | null;
}

/** What another node of the cluster says of a request it passes on. */
export type PassedCall = LetIn &
	Pick<Call, "remoteAddress" | "from" | "listener" | "base" | "prefix">;

/** A request that another node passes on, as it came to that one. */
export function callPassed(incoming: Incoming, { account, ...passed }: PassedCall): Call {
	const { target, method, headers, body, onOver } = incoming;
	return {
		...{ request: requestOf(target, method), headers: new RequestHeaders(headers), body, onOver },
		...passed,
		letIn: { account },
	};
}

/** What was wrong with a request line or `Host`; answered with 400, unless it says otherwise. */
export interface BadCall {
	readonly problem: string;
	readonly status?: 503;
}

/** An absolute target, as for a proxy; its host counts instead of `Host` (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const PORT = /:(\d+)$/;
const LONGEST_SHOWN = 100;

/** What of a server a request is read by. */
export interface CallRules {
	readonly origins: OriginRules;
	readonly prefixes: readonly string[];
}

/** Reads a request's path, and decides which host it is for, before anything is done with it. */
export function readCall(
	incoming: Incoming,
	listener: ListenerInfo,
	{ origins, prefixes }: CallRules,
): Call | BadCall {
	const { localAddress, remoteAddress, method, body, onOver, version } = incoming;
	const headers = new RequestHeaders(incoming.headers);
	const [, authority, rest] = ABSOLUTE.exec(incoming.target) ?? [];
	const path = rest ?? incoming.target;
	if (!isReadable(path))
		return { problem: "the path is not a URL's: % must be followed by two digits" };
	if (headers.isRepeated("host")) return { problem: "there is more than one Host header" };
	if (version === "1.1" && headers.get("host") === null)
		return { problem: "there is no Host header, which HTTP/1.1 requires" };
	// HTTP/1.0 needs none, and a URL without a host leaves it empty (RFC 9112, section 3.2).
	const host = authority ?? (headers.get("host") || undefined);
	const origin = headers.get("origin");
	const from = origins.look(
		{
			host,
			origin: origin === "" ? OPAQUE_ORIGIN : origin,
			site: headers.get("sec-fetch-site"),
			mode: headers.get("sec-fetch-mode"),
		},
		localAddress,
	);
	if (from === undefined) {
		const shown = JSON.stringify((host ?? "").slice(0, LONGEST_SHOWN));
		return { problem: `the Host ${shown} is not a host name or address with an optional port` };
	}
	const request = requestOf(path, method);
	const at = host === undefined ? `:${listener.port}` : (PORT.exec(host)?.[0] ?? "");
	const scheme = listener.isEncrypted ? "https" : "http";
	const prefix = prefixOf(request.url, prefixes);
	const base = `${scheme}://${hostInUrl(from.host.name)}${at}${prefix}`;
	return { request, headers, body, onOver, remoteAddress, from, listener, base, prefix };
}

/** The zone of an address is written with `%25` in a URL (RFC 6874). */
function hostInUrl(name: string): string {
	return name.includes(":") ? `[${name.replace("%", "%25")}]` : name;
}

/** Device programs that were told an address with a slash at its end ask for `//<uuid>`. */
function requestOf(path: string, method: string): Request {
	const queryAt = path.indexOf("?");
	const end = queryAt < 0 ? path.length : queryAt;
	const single = `/${path.slice(0, end)}`.replace(/\/{2,}/g, "/");
	return new Request(`http://localhost${single}${path.slice(end)}`, { method });
}

function isReadable(path: string): boolean {
	if (path !== "" && !path.startsWith("/") && !path.startsWith("?")) return false;
	if (!path.includes("%")) return true;
	try {
		decodeURIComponent(path.split("?", 1)[0] ?? "");
		return true;
	} catch {
		return false;
	}
}
