import { ElsewhereError, InputError, type Logger, messageOf, StorageError } from "../kit/mod.ts";
import { AccessError, type AuthPort } from "./access.ts";
import { BodyError } from "./body.ts";
import type { Call } from "./call.ts";
import { reject } from "./replies.ts";
import type { Refuse } from "./route.ts";

const INTERNAL = "internal error: see the server's log";

/** Turns what went wrong with a request into its answer, and into a line of the log where one helps. */
export class Failures {
	readonly #log: Logger;
	readonly #auth: Pick<AuthPort, "isOn">;

	constructor(log: Logger, auth: Pick<AuthPort, "isOn">) {
		this.#log = log;
		this.#auth = auth;
	}

	/**
	 * @param id The device the request was about.
	 * @param refuse How the route says errors.
	 */
	answer(
		error: unknown,
		call: Call,
		id?: string,
		refuse: Refuse = (status, reason, fields) => reject(status, reason, id, fields),
	): Response {
		if (error instanceof AccessError) return this.#refusal(error, call, refuse);
		if (error instanceof BodyError) return refuse(error.status, error.message);
		if (error instanceof InputError) return refuse(403, error.message);
		// Another node is about to have it.
		if (error instanceof ElsewhereError) return refuse(503, error.message, { "retry-after": "1" });
		// The store's log line says it once; a line for each request would fill the disk.
		if (error instanceof StorageError) return refuse(503, error.message);
		this.#report(error, call.request.method, id);
		return refuse(500, INTERNAL);
	}

	/** A mistake of ours: the log says all of it, the client is told nothing. */
	internal(error: unknown, method: string): Response {
		this.#report(error, method);
		return reject(500, INTERNAL);
	}

	#report(error: unknown, method: string, id?: string): void {
		this.#log.error("request failed", {
			...(id !== undefined && { da_id: id }),
			method,
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
	}

	#refusal(error: AccessError, { request, remoteAddress }: Call, refuse: Refuse): Response {
		// While logins are off only web pages and foreign host names are refused, and their owners want to know why.
		if (!this.#auth.isOn) {
			const { pathname: path } = new URL(request.url);
			this.#log.warn("request refused", { reason: error.message, path, address: remoteAddress });
		}
		const { status, retryAfter } = error;
		return refuse(status, error.message, {
			...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
			// Basic does as well, but browsers would ask for a password, and then send it with every request.
			...(status === 401 && { "www-authenticate": 'Bearer realm="IoTtalk"' }),
		});
	}
}
