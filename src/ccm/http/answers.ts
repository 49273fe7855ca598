import { Reply } from "../../http/mod.ts";
import type { RestReply } from "../service/rest-adapter.ts";

/** Every answer forbids caching (`ccm-gui.md §4`), and no page of another origin may read one, hence without CORS. */
const FIELDS = {
	"cache-control": "no-store",
	"content-type": "application/json",
	"x-content-type-options": "nosniff",
};

export type Fields = Readonly<Record<string, string>>;

/** A JSON answer of CCM. */
export function answer(status: number, body: object, fields: Fields = {}): Response {
	return new Reply(status, JSON.stringify(body), { ...FIELDS, ...fields });
}

/** A JSON answer that sets cookies. */
export function answerSetting(cookies: readonly string[], body: object): Response {
	const headers = new Headers(FIELDS);
	for (const cookie of cookies) headers.append("set-cookie", cookie);
	return new Response(JSON.stringify(body), { headers });
}

/** `{"state":"ok", …}` */
export function done(body: object, fields?: Fields): Response {
	return answer(200, { state: "ok", ...body }, fields);
}

/** `{"state":"error","reason":…}` */
export function refuse(status: number, reason: string, fields?: Fields): Response {
	return answer(status, { state: "error", reason }, fields);
}

/** An answer of the REST adapter. */
export function replied({ status, body, retryAfter }: RestReply): Response {
	return answer(status, body, retryAfter === undefined ? {} : { "retry-after": `${retryAfter}` });
}

/** A plain text. */
export function text(status: number, content: string): Response {
	return new Reply(status, content, { ...FIELDS, "content-type": "text/plain; charset=utf-8" });
}
