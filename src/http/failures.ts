import { InputError, type Logger, messageOf, StorageError } from "../kit/mod.ts";
import { AccessError } from "./access.ts";
import { BodyError } from "./body.ts";
import type { Call } from "./call.ts";
import { reject } from "./replies.ts";

/** Turns whatever went wrong with a request into its answer, and into a line of the log where one helps. */
export class Failures {
	readonly #log: Logger;
	readonly #asksForLogins: boolean;

	constructor(log: Logger, asksForLogins: boolean) {
		this.#log = log;
		this.#asksForLogins = asksForLogins;
	}

	/** @param id The device the request was about. */
	answer(error: unknown, call: Call, id?: string): Response {
		if (error instanceof AccessError) return this.#refusal(error, call, id);
		if (error instanceof BodyError) return reject(error.status, error.message, id);
		if (error instanceof InputError) return reject(403, error.message, id);
		// The store's log line says it once; a line for each request would fill the disk.
		if (error instanceof StorageError) return reject(503, error.message, id);
		return this.internal(error, call.request.method, id);
	}

	/** Our own mistake: the log says it whole, the client nothing. */
	internal(error: unknown, method: string, id?: string): Response {
		this.#log.error("request failed", {
			...(id !== undefined && { da_id: id }),
			method,
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
		return reject(500, "internal error: the server's log says more", id);
	}

	#refusal(error: AccessError, { request, remoteAddress }: Call, id?: string): Response {
		// While logins are off only web pages and foreign host names are refused: their owners want to know why.
		if (!this.#asksForLogins) {
			const { pathname: path } = new URL(request.url);
			this.#log.warn("request refused", { reason: error.message, path, address: remoteAddress });
		}
		const response = reject(error.status, error.message, id);
		// Basic does as well, but browsers would ask their people, and send what they got with every request.
		if (error.status === 401) {
			response.headers.set("WWW-Authenticate", 'Bearer realm="IoTtalk"');
		}
		const { retryAfter } = error;
		if (retryAfter !== undefined) response.headers.set("Retry-After", String(retryAfter));
		return response;
	}
}
