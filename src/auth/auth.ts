import { createHmac, randomBytes } from "node:crypto";
import type { Logger } from "../kit/mod.ts";
import type { TokenRecord, UserRecord } from "../store/mod.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { ANYONE, LOCAL, type Principal } from "./principal.ts";
import { hashOf, newSecret, sameHash } from "./secrets.ts";
import { Sessions } from "./sessions.ts";

/** The result of a login. */
export type Outcome =
	| Principal
	| { readonly kind: "refused" }
	/** Too many failures from there, or too many concurrent logins; try again later. */
	| { readonly kind: "slow"; readonly waitMs: number };

/** The accounts in memory; `Accounts` implements it. */
export interface AccountsPort {
	/** Brings them up to date. */
	refresh(): Promise<void>;
	/** Whether they are not up to date. */
	isOutdated(): boolean;
	user(name: string): UserRecord | undefined;
	tokenByHash(hash: string): TokenRecord | undefined;
}

/** The hash is null when there is no secret. */
interface DrawnSecret {
	readonly hash: string | null;
	readonly principal: Principal;
}

export interface AuthDeps {
	readonly accounts: AccountsPort;
	/** Hash of a device's password, null when it has none, undefined for an unknown device. */
	readonly secretHashOf: (daId: string) => string | null | undefined;
	readonly log: Logger;
}

const REFUSED: Outcome = { kind: "refused" };
/** Logins that were right lately, so that not each request costs an argon2 run. */
const MAX_REMEMBERED = 1000;
/** Concurrent argon2 runs: each takes a core and 64 MiB for a moment. */
const MAX_VERIFYING = 4;
/** How long a login is told to wait while they all run. */
const BUSY_MS = 1000;
/** Hash for names that do not exist, so that they take as long as those that do. */
const DECOY =
	"$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** Checks logins: passwords, tokens, those of devices (`csm.md §8`). */
export class Auth {
	/** Whether logins are asked for at all. */
	readonly isOn: boolean;
	/** Login of the command line on this machine; in the run file, which only the server's user may read. */
	readonly localKey = newSecret();
	readonly #deps: AuthDeps;
	readonly #passwordThrottle = new LoginThrottle();
	/** Apart, so that devices with outdated logins do not keep out admins behind the same address. */
	readonly #secretThrottle = new LoginThrottle();
	readonly sessions = new Sessions((admin) => this.isCurrent(admin));
	readonly #log: Logger;
	/** Keyed digests of name, password and stored hash: a changed password makes them worthless. */
	readonly #remembered = new Set<string>();
	readonly #memoryKey = randomBytes(32);
	#verifying = 0;

	constructor(isOn: boolean, deps: AuthDeps) {
		this.isOn = isOn;
		this.#deps = deps;
		this.#log = deps.log;
	}

	/**
	 * A name with a password: an admin's, a device's id, or `local`.
	 * @param address Where it comes from; after too many failures it has to wait. A right secret that was drawn at random
	 * is accepted even then: it cannot be guessed, and others behind the same address must not keep it out.
	 */
	async login(name: string, password: string, address: string): Promise<Outcome> {
		if (!this.isOn) return ANYONE;
		const drawn = this.#drawnSecretOf(name);
		if (drawn !== undefined) return this.#bySecret(name, drawn, password, address);
		// A client without a login guesses nothing: many old devices have none, and must not keep out admins beside them.
		if (name === "" || password === "") return this.#refusedAtOnce(name, address);
		const waitMs = this.#passwordThrottle.waitOf(address);
		if (waitMs > 0) return { kind: "slow", waitMs };
		const admin = await this.#adminOf(name, password, address);
		return admin ?? this.#refused(this.#passwordThrottle, name, address);
	}

	/** A device's id with its password, and nothing else: what pages of other origins show while logins are off. */
	deviceLogin(id: string, password: string, address: string): Outcome {
		const drawn = id === LOCAL.name ? undefined : this.#drawnSecretOf(id);
		if (drawn === undefined) return this.#refusedAtOnce(id, address);
		return this.#bySecret(id, drawn, password, address);
	}

	/** A registration token. @returns its identity: a name may be used again for another token. */
	async token(token: string, address: string): Promise<{ readonly token: string } | Outcome> {
		await this.refreshAccounts();
		const found = this.#deps.accounts.tokenByHash(hashOf(token));
		const isGood =
			found !== undefined && (found.expiresAt === null || found.expiresAt > Date.now() / 1000);
		if (isGood) return { token: found.hash };
		const who = found === undefined ? "a token" : `token ${found.name}, expired`;
		return this.#refused(this.#secretThrottle, who, address);
	}

	/** Whether a text is the key of the command line on this machine. */
	isLocalKey(text: string): boolean {
		return sameHash(hashOf(text), hashOf(this.localKey));
	}

	/** Brings the accounts up to date, so that {@link isCurrent} tells how things are now, not up to a second ago. */
	refreshAccounts(): Promise<void> {
		return this.#deps.accounts.refresh();
	}

	/** Whether a login is still valid: users are removed, devices get new passwords. */
	isCurrent(principal: Principal): boolean {
		if (principal === ANYONE || principal === LOCAL) return true;
		switch (principal.kind) {
			case "admin":
			case "person":
				return this.#deps.accounts.user(principal.name)?.hash === principal.stamp;
			case "device":
				return this.#deps.secretHashOf(principal.id) === principal.stamp;
			case "service":
				return true;
		}
	}

	/**
	 * Whether a login is valid at this very moment, for callers that cannot wait for {@link refreshAccounts}: no login of a
	 * person is, while the accounts are not up to date.
	 */
	isSurelyCurrent(principal: Principal): boolean {
		if (!this.isCurrent(principal)) return false;
		const isPerson = principal.kind === "admin" || principal.kind === "person";
		const needsAccount = isPerson && principal !== ANYONE && principal !== LOCAL;
		return !needsAccount || !this.#deps.accounts.isOutdated();
	}

	/** Names a login for {@link recall}; that of a page's device while logins are off is another one than later. */
	remember(principal: Principal): string {
		if (principal === ANYONE || principal === LOCAL) return principal.name;
		switch (principal.kind) {
			case "device":
				return `${this.isOn ? "device" : "page"} ${principal.id}`;
			case "admin":
				return `user ${principal.name}`;
			case "person":
				return `${principal.role} ${principal.name}`;
			case "service":
				return `service ${principal.name}`;
		}
	}

	/**
	 * The principal of a login that was remembered, perhaps before a restart: its password may have changed, and logins
	 * may have been turned on or off. @returns undefined when the login no longer exists.
	 */
	recall(remembered: string): Principal | undefined {
		const [kind, name] = split(remembered);
		const isDevice = kind === "page" || (kind === "device" && this.isOn);
		if (!this.isOn && !isDevice) return ANYONE;
		if (remembered === LOCAL.name) return LOCAL;
		if (isDevice) {
			const hash = this.#deps.secretHashOf(name);
			return typeof hash === "string" ? { kind: "device", id: name, stamp: hash } : undefined;
		}
		if (kind === "service") return name === "" ? undefined : { kind, name, stamp: "" };
		const stamp = this.#deps.accounts.user(name)?.hash;
		if (stamp === undefined) return undefined;
		if (kind === "user") return { kind: "admin", name, stamp };
		const isPerson = kind === "teacher" || kind === "student";
		return isPerson ? { kind: "person", name, role: kind, stamp } : undefined;
	}

	/** The secret that was drawn at random for a name. */
	#drawnSecretOf(name: string): DrawnSecret | undefined {
		if (name === LOCAL.name) return { hash: hashOf(this.localKey), principal: LOCAL };
		const id = name.toLowerCase();
		const hash = this.#deps.secretHashOf(id);
		if (hash === undefined) return undefined;
		return { hash, principal: { kind: "device", id, stamp: hash ?? "" } };
	}

	#bySecret(
		name: string,
		{ hash, principal }: DrawnSecret,
		password: string,
		address: string,
	): Outcome {
		const isRight = hash !== null && sameHash(hashOf(password), hash);
		return isRight ? principal : this.#refused(this.#secretThrottle, name, address);
	}

	async #adminOf(name: string, password: string, address: string): Promise<Outcome | undefined> {
		await this.refreshAccounts();
		const user = this.#deps.accounts.user(name);
		const memory = createHmac("sha256", this.#memoryKey)
			.update(JSON.stringify([name, password, user?.hash]))
			.digest("base64");
		const admin = user && ({ kind: "admin", name, stamp: user.hash } as const);
		if (this.#remembered.has(memory)) return admin;
		if (this.#verifying >= MAX_VERIFYING) return { kind: "slow", waitMs: BUSY_MS };
		if (!(await this.#verify(password, user?.hash)) || admin === undefined) return undefined;
		// Those with logins that are no longer valid may have been disconnected meanwhile: this one would stay.
		await this.refreshAccounts();
		if (!this.isCurrent(admin)) return undefined;
		this.#passwordThrottle.succeeded(address);
		this.#remember(memory);
		return admin;
	}

	async #verify(password: string, hash: string | undefined): Promise<boolean> {
		this.#verifying += 1;
		try {
			return await Bun.password.verify(password, hash ?? DECOY).catch(() => false);
		} finally {
			this.#verifying -= 1;
		}
	}

	#remember(memory: string): void {
		this.#remembered.add(memory);
		const [oldest] = this.#remembered;
		if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) {
			this.#remembered.delete(oldest);
		}
	}

	#refused(throttle: LoginThrottle, who: string, address: string): Outcome {
		const waitMs = throttle.waitOf(address);
		if (waitMs > 0) return { kind: "slow", waitMs };
		throttle.failed(address);
		return this.#refusedAtOnce(who, address);
	}

	#refusedAtOnce(who: string, address: string): Outcome {
		this.#log.warn("login refused", { who: who.slice(0, 100), address });
		return REFUSED;
	}
}

function split(text: string): [string, string] {
	const space = text.indexOf(" ");
	return space < 0 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)];
}
