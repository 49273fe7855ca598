import { OPAQUE_ORIGIN, type OriginRules, type Provenance } from "../auth/mod.ts";
import type { Incoming } from "./http-listener.ts";

/** A request whose path and origin are known. */
export interface Call {
	/** Method, path and headers; the body is read by itself. */
	readonly request: Request;
	readonly body: Incoming["body"];
	readonly remoteAddress: string;
	readonly from: Provenance;
}

/** What was wrong with a request line or `Host`; answered with 400. */
export interface BadCall {
	readonly problem: string;
}

/** An absolute target, as for a proxy; its host counts instead of `Host` (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const LONGEST_SHOWN = 100;

/** Reads a request's path, and decides which host it is for, before anything is done with it. */
export function readCall(incoming: Incoming, rules: OriginRules): Call | BadCall {
	const { localAddress, remoteAddress, method, body } = incoming;
	const hosts = incoming.headers.filter(([name]) => name === "host").map(([, value]) => value);
	const [, authority, rest] = ABSOLUTE.exec(incoming.target) ?? [];
	const path = rest ?? incoming.target;
	if (!isReadable(path))
		return { problem: "the path is not a URL's: % must be followed by two digits" };
	if (hosts.length > 1) return { problem: "there is more than one Host header" };
	// HTTP/1.0 needs none, and a URL without a host leaves it empty (RFC 9112, section 3.2).
	const host = authority ?? (hosts[0] === "" ? undefined : hosts[0]);
	const request = requestOf(path, method, incoming.headers);
	const { headers } = request;
	const from = rules.look(
		{
			host,
			origin: headers.has("origin") ? headers.get("origin") || OPAQUE_ORIGIN : null,
			site: headers.get("sec-fetch-site"),
			mode: headers.get("sec-fetch-mode"),
		},
		localAddress,
	);
	if (from === undefined) {
		const shown = JSON.stringify((host ?? "").slice(0, LONGEST_SHOWN));
		return { problem: `the Host ${shown} is not a host name or address with an optional port` };
	}
	return { request, body, remoteAddress, from };
}

/** Device programs that were told an address with a slash at its end ask for `//<uuid>`. */
function requestOf(path: string, method: string, headers: [string, string][]): Request {
	const [before = "", ...query] = path.split("?");
	const single = `/${before}`.replace(/\/{2,}/g, "/");
	return new Request(`http://localhost${[single, ...query].join("?")}`, { method, headers });
}

function isReadable(path: string): boolean {
	try {
		decodeURIComponent(path.split("?", 1)[0] ?? "");
		return path === "" || path.startsWith("/") || path.startsWith("?");
	} catch {
		return false;
	}
}
