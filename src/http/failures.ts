import { InputError, type Logger, messageOf, StorageError } from "../kit/mod.ts";
import { AccessError, type AuthPort } from "./access.ts";
import { BodyError } from "./body.ts";
import type { Call } from "./call.ts";
import { reject } from "./replies.ts";

/** Turns what went wrong with a request into its answer, and into a line of the log where one helps. */
export class Failures {
	readonly #log: Logger;
	readonly #auth: Pick<AuthPort, "isOn">;

	constructor(log: Logger, auth: Pick<AuthPort, "isOn">) {
		this.#log = log;
		this.#auth = auth;
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

	/** A mistake of ours: the log says all of it, the client is told nothing. */
	internal(error: unknown, method: string, id?: string): Response {
		this.#log.error("request failed", {
			...(id !== undefined && { da_id: id }),
			method,
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
		return reject(500, "internal error: see the server's log", id);
	}

	#refusal(error: AccessError, { request, remoteAddress }: Call, id?: string): Response {
		// While logins are off only web pages and foreign host names are refused, and their owners want to know why.
		if (!this.#auth.isOn) {
			const { pathname: path } = new URL(request.url);
			this.#log.warn("request refused", { reason: error.message, path, address: remoteAddress });
		}
		const { status, retryAfter } = error;
		return reject(status, error.message, id, {
			...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
			// Basic does as well, but browsers would ask for a password, and then send it with every request.
			...(status === 401 && { "www-authenticate": 'Bearer realm="IoTtalk"' }),
		});
	}
}
