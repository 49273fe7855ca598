import { InputError } from "../../kit/mod.ts";

/**
 * Something a caller asked for is not done; says why, with the status REST answers. What a caller may not see is
 * "not found" as what does not exist.
 */
export class Refusal extends InputError {
	/**
	 * @param status 500: what is asked for cannot be read in the database.
	 * @param reason In the contract's words where it has some (`ccm-gui.md §3`).
	 */
	constructor(
		readonly status: 400 | 401 | 403 | 404 | 409 | 429 | 500,
		reason: string,
		field?: string,
		/** All that is not here, when the reason names several things. */
		readonly missing?: readonly string[],
		/** Place of what is refused in a list of changes, from 0. */
		readonly index?: number,
	) {
		super(reason, field);
	}

	/** The same, of one in a list of changes. */
	inList(index: number): Refusal {
		return new Refusal(this.status, this.message, this.field, this.missing, index);
	}
}

/** Someone else has changed the same meanwhile. */
export class Conflict extends Refusal {
	/** @param more What there is now, for the answer. */
	constructor(
		reason: string,
		readonly more: Readonly<Record<string, unknown>>,
	) {
		super(409, reason);
	}
}

/** What is asked for is damaged in the database. */
export class Unreadable extends Refusal {
	/** By which a page tells it from an error that may pass. */
	readonly more = { is_unreadable: true };

	constructor(reason: string) {
		super(500, reason);
	}
}

/** An account asks for more than it may at once. */
export class TooManyRequests extends Refusal {
	/** @param retryAfter Seconds until the next one is accepted. */
	constructor(readonly retryAfter: number) {
		super(429, `too many requests: wait ${retryAfter} s`);
	}
}

/** @throws Refusal 404 */
export function notFound(what: string): never {
	throw new Refusal(404, `${what} not found`);
}

/** @throws Refusal 400 */
export function badRequest(reason: string, field?: string): never {
	throw new Refusal(400, reason, field);
}
