import type { Call } from "./call.ts";
import { LET_IN } from "./passed-calls.ts";

/** Fields of a request that are about the connection it came by, or that say what another field says better. */
const NOT_ASKED = new Set([
	...["accept-encoding", "authorization", "connection", "content-length", "expect", "host"],
	...["keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer"],
	...["transfer-encoding", "upgrade", LET_IN],
]);
/** Fields of an answer that are. */
const NOT_ANSWERED = new Set([
	...["connection", "content-encoding", "content-length", "date", "keep-alive"],
	...["set-cookie", "transfer-encoding"],
]);

/** Fields of a request that another node is told. */
export function askedFields({ headers }: Call): Headers {
	const asked = new Headers({ "accept-encoding": "identity" });
	for (const name of headers.names) {
		if (!NOT_ASKED.has(name)) asked.set(name, headers.get(name) ?? "");
	}
	return asked;
}

/** Fields of its answer that the caller is told. */
export function answerFields(answered: Headers): Headers {
	const fields = new Headers();
	for (const [name, value] of answered) if (!NOT_ANSWERED.has(name)) fields.append(name, value);
	for (const cookie of answered.getSetCookie()) fields.append("set-cookie", cookie);
	return fields;
}
