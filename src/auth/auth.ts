import { InvariantError, type Logger } from "../kit/mod.ts";
import type { UserRecord } from "../store/mod.ts";
import { type DrawnSecret, DrawnSecrets, SERVICES } from "./drawn-secrets.ts";
import { KeptSessions, type SessionDisk } from "./kept-sessions.ts";
import type { KnownPeople, LoginSessions } from "./login-sessions.ts";
import { LoginThrottle } from "./login-throttle.ts";
import type { Account, AccountsPort, Failure, Outcome, Verified } from "./outcome.ts";
import { type KnownAccounts, KnownPageLogins, type PageLogins } from "./page-logins.ts";
import { PasswordLogins } from "./password-logins.ts";
import { ANYONE, isPerson, LOCAL, type Principal } from "./principal.ts";
import {
	isValid,
	type KnownLogins,
	named,
	principalOf,
	recalled,
	rememberedAs,
} from "./remembered-logins.ts";
import { hashOf, newSecret, sameHash } from "./secrets.ts";
import { SetupKeys } from "./setup-keys.ts";
import type { StoredDevices } from "./stored-devices.ts";

export interface AuthDeps {
	readonly accounts: AccountsPort;
	/** Hash of a device's password, null when it has none, undefined for an unknown device. */
	readonly secretHashOf: (daId: string) => string | null | undefined;
	/** The same of devices that other nodes of a cluster have; undefined: there are none. @throws StorageError */
	readonly storedHashOf?: StoredDevices["secretHashOf"] | undefined;
	readonly log: Logger;
	/** Makes the sessions of a node of a cluster; undefined: they are this server's. */
	readonly sessionsOf?: ((people: KnownPeople) => LoginSessions) | undefined;
	/** Makes the logins of pages of a node of a cluster, behind its sessions; undefined: they are this server's. */
	readonly pagesOf?: ((people: KnownAccounts) => PageLogins) | undefined;
	/** What sessions need to outlive the server. */
	readonly lasting?: {
		readonly disk: SessionDisk;
		readonly userById: (id: number) => UserRecord | undefined;
	};
}

const REFUSED: Failure = { kind: "refused" };

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
	readonly sessions: LoginSessions;
	readonly pages: PageLogins;
	readonly setupKeys = new SetupKeys();
	readonly #log: Logger;
	readonly #passwords: PasswordLogins;
	readonly #known: KnownLogins;
	readonly #drawn: DrawnSecrets;

	constructor(isOn: boolean, deps: AuthDeps) {
		this.isOn = isOn;
		this.#deps = deps;
		this.#log = deps.log;
		this.#passwords = new PasswordLogins({
			accounts: deps.accounts,
			throttle: this.#passwordThrottle,
			isCurrent: (principal) => this.isCurrent(principal),
			refuse: (who, address) => this.#refusedAtOnce(who, address),
		});
		this.#drawn = new DrawnSecrets({
			...deps,
			pages: () => this.pages,
			localKey: this.localKey,
		});
		this.#known = { ...deps, page: (id) => this.pages.principal(id) };
		const people: KnownPeople = {
			userOf: ({ name }) => deps.accounts.user(name),
			userById: (id) => deps.lasting?.userById(id),
			isCurrent: (principal) => this.isCurrent(principal),
			log: deps.log,
		};
		this.sessions =
			deps.sessionsOf?.(people) ?? new KeptSessions({ disk: deps.lasting?.disk, ...people });
		const accountOf = (principal: Principal) => this.accountOf(principal);
		this.pages =
			deps.pagesOf?.({ ...people, accountOf }) ?? new KnownPageLogins(this.sessions, accountOf);
	}

	/**
	 * A name with a password: a person's, a service's, a device's or page's id, or `local`.
	 * @param address Where it comes from; after too many failures it has to wait. A right secret that was drawn at random
	 * is accepted even then: it cannot be guessed, and others behind the same address must not keep it out.
	 * @throws StorageError when the database of a cluster does not say whether it is a device's.
	 */
	async login(name: string, password: string, address: string): Promise<Outcome> {
		if (!this.isOn) return ANYONE;
		// Its secret may have been drawn a moment ago.
		if (SERVICES.includes(name)) await this.#deps.accounts.refreshSurely();
		const drawn = this.#drawn.of(name) ?? (await this.#drawn.stored(name));
		if (drawn !== undefined) return this.#bySecret(name, drawn, password, address);
		return this.#passwords.login(name, password, address);
	}

	/** A person's name with their password, and nothing else: what counts where people need a login though logins are off. */
	async verify(name: string, password: string, address: string): Promise<Verified> {
		const outcome = await this.#passwords.login(name, password, address);
		if (outcome.kind === "refused" || outcome.kind === "slow") return outcome;
		const account = this.accountOf(outcome);
		return account === undefined ? REFUSED : { kind: "account", account };
	}

	/** The account of a login; undefined for logins without one. */
	accountOf(principal: Principal): Account | undefined {
		if (!isPerson(principal) || !this.isCurrent(principal)) return undefined;
		const user = this.#deps.accounts.user(principal.name);
		return user && { id: user.id, name: user.name, role: user.role };
	}

	/** Whether an account is as it was; no, while the accounts are not up to date. */
	isCurrentAccount({ id, name, role }: Account): boolean {
		const user = this.#deps.accounts.user(name);
		const isSame = user?.id === id && user.role === role && user.isActive;
		return isSame && !this.#deps.accounts.isOutdated();
	}

	/** Begins a session of a person without a password, as after the making of an account. @throws InvariantError */
	async beginSession({ name }: Pick<Account, "name">): Promise<string> {
		const user = this.#deps.accounts.user(name);
		if (user === undefined) throw new InvariantError("a session for an account that is not there");
		return this.sessions.begin(principalOf(user));
	}

	/** Counts a wrong guess of something that is not a password, such as a set-up key. */
	guessedWrong(what: string, address: string): void {
		this.#passwordThrottle.failed(address);
		this.#refusedAtOnce(what, address);
	}

	/** How long an address has to wait until its next guess is checked, milliseconds. */
	waitOf(address: string): number {
		return this.#passwordThrottle.waitOf(address);
	}

	/** A device's id with its password, and nothing else: what pages of other origins show while logins are off. */
	deviceLogin(id: string, password: string, address: string): Outcome {
		const drawn = id === LOCAL.name ? undefined : this.#drawn.of(id);
		if (drawn === undefined) return this.#refusedAtOnce(id, address);
		return this.#bySecret(id, drawn, password, address);
	}

	/** The same, of a device of any node of a cluster. @throws StorageError when its database does not say. */
	async anyDeviceLogin(id: string, password: string, address: string): Promise<Outcome> {
		const stored = this.#drawn.of(id) === undefined ? await this.#drawn.stored(id) : undefined;
		if (stored === undefined) return this.deviceLogin(id, password, address);
		return this.#bySecret(id, stored, password, address);
	}

	/** Whether it is the password of a device's registration, of a device that this server has. */
	isDevicePassword(id: string, password: string): boolean {
		return this.#drawn.isOfDevice(id, password);
	}

	/** A registration token. @returns its identity: a name may be used again for another token. */
	async token(token: string, address: string): Promise<{ readonly token: string } | Outcome> {
		const { accounts } = this.#deps;
		const hash = hashOf(token);
		await this.refreshAccounts();
		const mayTry = this.#secretThrottle.waitOf(address) === 0;
		if (mayTry && accounts.tokenByHash(hash) === undefined) await accounts.refreshSurely();
		const found = accounts.tokenByHash(hash);
		const isGood =
			found !== undefined && (found.expiresAt === null || found.expiresAt > Date.now() / 1000);
		if (isGood) return { token: found.hash };
		const who = found === undefined ? "a token" : `token ${found.name}, expired`;
		return this.#refused(who, address);
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
		return isValid(principal, this.#known);
	}

	/**
	 * Whether a login is valid at this very moment, for callers that cannot wait for {@link refreshAccounts}: no login of a
	 * person is, while the accounts are not up to date.
	 */
	isSurelyCurrent(principal: Principal): boolean {
		if (!this.isCurrent(principal)) return false;
		const needsAccount = isPerson(principal) || principal.kind === "service";
		return !needsAccount || !this.#deps.accounts.isOutdated();
	}

	/**
	 * Who has a name, for a broker that has checked their login here; undefined: no one that can log in.
	 * @throws StorageError when the database of a cluster does not say whether it is a device's.
	 */
	async named(name: string): Promise<Principal | undefined> {
		if (!this.isOn) return ANYONE;
		const drawn = this.#drawn.of(name) ?? (await this.#drawn.stored(name));
		return named(name, drawn, this.#known);
	}

	/** Names a login for {@link recall}; that of a page's device while logins are off is another one than later. */
	remember(principal: Principal): string {
		return rememberedAs(principal, this.isOn);
	}

	/**
	 * The principal of a login that was remembered, perhaps before a restart: its password may have changed, and logins
	 * may have been turned on or off. @returns undefined when the login no longer exists.
	 */
	recall(remembered: string): Principal | undefined {
		return recalled(remembered, this.isOn, this.#known);
	}

	#bySecret(
		name: string,
		{ hash, principal }: DrawnSecret,
		password: string,
		address: string,
	): Outcome {
		const isRight = hash !== null && sameHash(hashOf(password), hash);
		return isRight ? principal : this.#refused(name, address);
	}

	#refused(who: string, address: string): Failure {
		const failure = this.#secretThrottle.refuse(address);
		return failure.kind === "refused" ? this.#refusedAtOnce(who, address) : failure;
	}

	#refusedAtOnce(who: string, address: string): Failure {
		this.#log.warn("login refused", { who: who.slice(0, 100), address });
		return REFUSED;
	}
}
