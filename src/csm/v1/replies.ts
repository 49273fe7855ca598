/** An answer of the older protocol. */
export interface OldReply {
	readonly status: number;
	readonly type: string;
	readonly content: string | Uint8Array;
	/** Header fields besides those that every answer has. */
	readonly fields?: Readonly<Record<string, string>>;
}

const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/html; charset=utf-8";
/** What was asked for is repeated in texts: no browser may take it for a page. */
const HARMLESS = {
	"Content-Security-Policy": "default-src 'none'; sandbox",
	"X-Content-Type-Options": "nosniff",
};
const CORS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, POST, PUT",
	"Access-Control-Max-Age": "21600",
};
const REASONS: Readonly<Record<number, string>> = {
	200: "OK",
	308: "Permanent Redirect",
	400: "Bad Request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	408: "Request Timeout",
	411: "Length Required",
	413: "Content Too Large",
	429: "Too Many Requests",
	431: "Request Header Fields Too Large",
	500: "Internal Server Error",
	503: "Service Unavailable",
};

/** What went well and has nothing to say. */
export const DONE: OldReply = { status: 200, type: TEXT_TYPE, content: "" };

/** The answer to a CORS preflight. */
export const PREFLIGHT: OldReply = {
	...DONE,
	fields: { "Access-Control-Allow-Headers": "ACCEPT, AUTHORIZATION, CONTENT-TYPE, PASSWORD-KEY" },
};

/** @param text JSON with a newline at its end. */
export function jsonText(text: string): OldReply {
	return { status: 200, type: JSON_TYPE, content: text };
}

export function jsonReply(value: object): OldReply {
	return jsonText(`${JSON.stringify(value)}\n`);
}

/** A refusal in words: clients look for some of them (`v1-http.md §5`). */
export function refusal(
	status: number,
	text: string,
	fields: Readonly<Record<string, string>> = {},
): OldReply {
	return { status, type: TEXT_TYPE, content: text, fields: { ...HARMLESS, ...fields } };
}

/**
 * An answer as it goes over the wire: with a reason phrase and a length, never in chunks, since microcontrollers look
 * for just that.
 * @param isHead Whether its content is left out, and counted anyway.
 */
export function bytesOf(
	{ status, type, content, fields = {} }: OldReply,
	keepsAlive: boolean,
	isHead = false,
): Buffer {
	const bytes = typeof content === "string" ? Buffer.from(content) : content;
	const head = [
		`HTTP/1.1 ${status} ${REASONS[status] ?? "Other"}`,
		`Content-Type: ${type}`,
		`Content-Length: ${bytes.length}`,
		...Object.entries({ ...CORS, ...fields }).map(([name, value]) => `${name}: ${value}`),
		`Connection: ${keepsAlive ? "keep-alive" : "close"}`,
		"\r\n",
	].join("\r\n");
	return Buffer.concat([Buffer.from(head), isHead ? Buffer.alloc(0) : bytes]);
}
