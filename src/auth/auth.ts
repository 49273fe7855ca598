import { createHmac, randomBytes } from "node:crypto";
import type { Logger } from "../log.ts";
import { LimitedWarnings } from "../log-limit.ts";
import type { TokenRecord, UserRecord } from "../store/store.ts";
import { Brakes } from "./brakes.ts";
import { hashOf, newSecret, sameHash } from "./secrets.ts";

export { Rights } from "./rights.ts";
export { hashOf, hashPassword, newSecret } from "./secrets.ts";

/** Who is on the other side. */
export type Principal =
	/** Authentication is off, or a person logged in: everything is allowed. */
	| { readonly kind: "admin"; readonly name: string; readonly stamp: string }
	/** A device, with the login its registration gave it. */
	| { readonly kind: "device"; readonly id: string; readonly stamp: string };
// The stamp is the stored hash at the time of the login: it tells when that login has been replaced.

/** What a login came to. */
export type Outcome =
	| Principal
	| { readonly kind: "refused" }
	/** Too many failures from there; try again later. */
	| { readonly kind: "slow"; readonly waitMs: number };

/** The accounts; `store` fulfils it. */
export interface AccountsPort {
	user(name: string): UserRecord | undefined;
	tokenByHash(hash: string): TokenRecord | undefined;
}

export interface AuthDeps {
	readonly accounts: AccountsPort;
	/** Hash of a device's password, null when it has none, undefined for an unknown device. */
	readonly secretHashOf: (daId: string) => string | null | undefined;
	readonly log: Logger;
}

export const ANYONE: Principal = { kind: "admin", name: "anyone", stamp: "" };
/** The command line on this machine, by the key in the run file. */
const LOCAL = { kind: "admin", name: "local", stamp: "" } as const;
const REFUSED: Outcome = { kind: "refused" };
/** Logins that were right lately, so that not each request costs an argon2 run. */
const MAX_REMEMBERED = 1000;
/** Argon2 runs at a time: each takes a core and 64 MiB for a moment. */
const MAX_VERIFYING = 4;
const WARNINGS_PER_SECOND = 5;
/** Of an argon2 run nobody waits for: it makes an unknown name take as long as a known one. */
const DECOY =
	"$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** Decides who somebody is: passwords, tokens, devices' logins (`csm.md §8`). */
export class Auth {
	/** Whether logins are asked for at all. */
	readonly isOn: boolean;
	/** Lets the command line of this machine in; in the run file, which only the server's user may read. */
	readonly localKey = newSecret();
	readonly #deps: AuthDeps;
	readonly #brakes = new Brakes();
	readonly #warnings: LimitedWarnings;
	/** Keyed digests of name, password and stored hash: a changed password makes them worthless. */
	readonly #remembered = new Set<string>();
	readonly #memoryKey = randomBytes(32);
	#verifying = 0;

	constructor(isOn: boolean, deps: AuthDeps) {
		this.isOn = isOn;
		this.#deps = deps;
		this.#warnings = new LimitedWarnings(deps.log, WARNINGS_PER_SECOND);
	}

	/** Says what is still to be said. */
	stop(): void {
		this.#warnings.stop();
	}

	/**
	 * A name with a password: an admin's, a device's id, or `local`.
	 * @param address Where it comes from; who fails there too often has to wait.
	 */
	async login(name: string, password: string, address: string): Promise<Outcome> {
		if (!this.isOn) return ANYONE;
		const waitMs = this.#brakes.waitOf(address);
		if (waitMs > 0) return { kind: "slow", waitMs };
		const principal = await this.#principalOf(name, password);
		return this.#settled(principal, name, address);
	}

	/** A registration token. @returns its name. */
	token(token: string, address: string): { readonly token: string } | Outcome {
		const waitMs = this.#brakes.waitOf(address);
		if (waitMs > 0) return { kind: "slow", waitMs };
		const found = this.#deps.accounts.tokenByHash(hashOf(token));
		const isGood =
			found !== undefined && (found.expiresAt === null || found.expiresAt > Date.now() / 1000);
		if (isGood) {
			this.#brakes.succeeded(address);
			return { token: found.name };
		}
		return this.#settled(
			undefined,
			found === undefined ? "a token" : `token ${found.name}, expired`,
			address,
		);
	}

	/** Whether a text is the key of the command line on this machine. */
	isLocalKey(text: string): boolean {
		return sameHash(hashOf(text), hashOf(this.localKey));
	}

	/** Whether a principal is who it was when it logged in: users go, devices get new passwords. */
	isStill(principal: Principal): boolean {
		if (principal === ANYONE || principal === LOCAL) return true;
		const now =
			principal.kind === "admin"
				? this.#deps.accounts.user(principal.name)?.hash
				: this.#deps.secretHashOf(principal.id);
		return now === principal.stamp;
	}

	async #principalOf(name: string, password: string): Promise<Principal | undefined> {
		if (name === LOCAL.name) {
			return this.isLocalKey(password) ? LOCAL : undefined;
		}
		const id = name.toLowerCase();
		const secretHash = this.#deps.secretHashOf(id);
		if (secretHash !== undefined) {
			if (secretHash === null || !sameHash(hashOf(password), secretHash)) return undefined;
			return { kind: "device", id, stamp: secretHash };
		}
		const user = this.#deps.accounts.user(name);
		const isRight = await this.#verify(name, password, user?.hash);
		return isRight && user !== undefined ? { kind: "admin", name, stamp: user.hash } : undefined;
	}

	async #verify(name: string, password: string, hash: string | undefined): Promise<boolean> {
		const memory = createHmac("sha256", this.#memoryKey)
			.update(JSON.stringify([name, password, hash]))
			.digest("base64");
		if (this.#remembered.has(memory)) return true;
		if (this.#verifying >= MAX_VERIFYING) return false;
		this.#verifying += 1;
		try {
			const isRight = await Bun.password.verify(password, hash ?? DECOY).catch(() => false);
			if (!isRight || hash === undefined) return false;
		} finally {
			this.#verifying -= 1;
		}
		this.#remembered.add(memory);
		const [oldest] = this.#remembered;
		if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) {
			this.#remembered.delete(oldest);
		}
		return true;
	}

	#settled(principal: Principal | undefined, who: string, address: string): Outcome {
		if (principal !== undefined) {
			this.#brakes.succeeded(address);
			return principal;
		}
		this.#brakes.failed(address);
		this.#warnings.warn("login refused", { who: who.slice(0, 100), address });
		return REFUSED;
	}
}
