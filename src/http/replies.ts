/** Sent with every response: browsers with the JS SDK register from pages of other origins (`csm.md §2.1`). */
export const CORS = {
	"access-control-allow-headers": "Accept, Content-Type, Authorization",
	"access-control-allow-methods": "POST, PUT, DELETE, GET, OPTIONS",
	"access-control-allow-origin": "*",
};

const JSON_FIELDS = { ...CORS, "content-type": "application/json" };

/** A response whose content is at hand: the listener sends it without reading it out of the response again. */
export class Reply extends Response {
	/** Null: there is none. */
	readonly content: string | null;
	/** Names and values by turns. */
	readonly fields: readonly string[];

	constructor(status: number, content: string | null, fields: Readonly<Record<string, string>>) {
		super(content, { status, headers: fields });
		this.content = content;
		this.fields = Object.entries(fields).flat();
	}
}

/** A JSON response, with header fields besides the usual ones. */
export function json(
	status: number,
	body: object,
	fields: Readonly<Record<string, string>> = {},
): Response {
	return new Reply(status, JSON.stringify(body), { ...JSON_FIELDS, ...fields });
}

/** Media type of {@link plainJson}. */
export const PLAIN_JSON = "application/json;charset=utf-8";

/** JSON that no page of another origin may read. */
export function plainJson(value: unknown): Response {
	return plainReply(JSON.stringify(value), PLAIN_JSON);
}

/** A text that no page of another origin may read, hence without CORS. */
export function plainReply(content: string, type: string): Response {
	return new Reply(200, content, {
		"cache-control": "no-store",
		"content-type": type,
		"x-content-type-options": "nosniff",
	});
}

/** An error in the contract's shape; with `id` whenever the path held one. */
export function reject(
	status: number,
	reason: string,
	id?: string,
	fields?: Readonly<Record<string, string>>,
): Response {
	return json(status, { ...(id !== undefined && { id }), state: "error", reason }, fields);
}
