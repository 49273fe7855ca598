import type { Logger } from "../kit/mod.ts";
import { LoginThrottle } from "./login-throttle.ts";
import type { Failure } from "./outcome.ts";
import { hashOf, sameHash } from "./secrets.ts";

/** A secret that another program and this server have been told by the same person, such as a broker's key. */
export class SharedSecret {
	readonly #hash: string;
	readonly #refusal: string;
	readonly #log: Logger;
	readonly #throttle: LoginThrottle;

	/**
	 * @param secret Long enough that it cannot be guessed.
	 * @param refusal What the log says when it was not shown.
	 */
	constructor(secret: string, refusal: string, log: Logger, throttle = new LoginThrottle()) {
		this.#hash = hashOf(secret);
		this.#refusal = refusal;
		this.#log = log;
		this.#throttle = throttle;
	}

	/**
	 * Looks at what a caller shows. The right secret is accepted even from an address that has to wait: others there
	 * must not keep out who has it.
	 * @returns why it is refused; undefined: it is the right one.
	 */
	refuse(shown: string, address: string): Failure | undefined {
		if (sameHash(hashOf(shown), this.#hash)) return undefined;
		const failure = this.#throttle.refuse(address);
		if (failure.kind === "refused") this.#log.warn(this.#refusal, { address });
		return failure;
	}
}
