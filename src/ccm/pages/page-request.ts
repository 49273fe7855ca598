import { isJsonObject, nestsTooDeep, withoutLoneSurrogates } from "../../kit/mod.ts";
import type { GuiMessage } from "../service/gui-adapter.ts";

/** Of one request; a function's source has at most a million characters. */
const MAX_BYTES = 4 << 20;

/** A request, or why it is none. */
export function readRequest(payload: Uint8Array): GuiMessage | string {
	if (payload.length > MAX_BYTES) return `a request has at most ${MAX_BYTES} bytes`;
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
		if (nestsTooDeep(text)) return "the request nests too deep";
		const request: unknown = JSON.parse(withoutLoneSurrogates(text));
		if (isJsonObject(request)) return request;
	} catch {}
	return "a request is a JSON object in UTF-8";
}
