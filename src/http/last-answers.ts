import { CORS } from "./replies.ts";

/** For what the parser refuses. */
export const NOT_HTTP = lastAnswer("400 Bad Request", "this is not HTTP/1.1 as RFC 9112 has it");
/** For what asks to be connected elsewhere. */
export const NO_PROXY = lastAnswer(
	"501 Not Implemented",
	"this server is not a proxy: CONNECT is not supported",
);

/** An answer as bytes, for what comes as no request, and ends a connection. */
function lastAnswer(status: string, reason: string): string {
	const body = JSON.stringify({ state: "error", reason });
	return [
		`HTTP/1.1 ${status}`,
		...Object.entries(CORS).map(([name, value]) => `${name}: ${value}`),
		"Content-Type: application/json",
		`Content-Length: ${body.length}`,
		"Connection: close",
		"",
		body,
	].join("\r\n");
}
