import { Semaphore } from "../kit/mod.ts";
import { isPassword, NO_PASSWORD } from "./secrets.ts";

/** Passwords that were right lately, so that not each request costs an argon2 run. */
const MAX_REMEMBERED = 1000;
/** Concurrent argon2 runs: each takes a core and 64 MiB for a moment. */
const MAX_RUNNING = 4;
/** Checks that wait for one of them: a class logs in at the same moment. */
const MAX_WAITING = 100;

/** Checks passwords, a few at once. */
export class PasswordCheck {
	/** Keyed digests of name, password and stored hash: a changed password makes them worthless. */
	readonly #remembered = new Set<string>();
	readonly #key = crypto.getRandomValues(new Uint8Array(32));
	readonly #running = new Semaphore(MAX_RUNNING);

	/**
	 * Whether a password is that of a hash.
	 * @param hash Undefined: there is no such name; that takes as long.
	 * @param mayTry Asked when its turn has come: other tries may have failed while it waited.
	 * @returns "busy" when too many checks wait, or when it may not be tried any more.
	 */
	async isRight(
		name: string,
		password: string,
		hash: string | undefined,
		mayTry: () => boolean,
	): Promise<boolean | "busy"> {
		const memory = new Bun.CryptoHasher("sha256", this.#key)
			.update(JSON.stringify([name, password, hash]))
			.digest("base64");
		if (this.#remembered.has(memory)) return true;
		if (this.#running.waiting >= MAX_WAITING) return "busy";
		const isRight = await this.#running.run<boolean | "busy">(() =>
			mayTry() ? isPassword(password, hash ?? NO_PASSWORD) : "busy",
		);
		if (isRight === "busy") return isRight;
		if (isRight && hash !== undefined) this.#remember(memory);
		return isRight && hash !== undefined;
	}

	#remember(memory: string): void {
		this.#remembered.add(memory);
		const [oldest] = this.#remembered;
		if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) {
			this.#remembered.delete(oldest);
		}
	}
}
