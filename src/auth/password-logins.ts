import type { LoginThrottle } from "./login-throttle.ts";
import { plainName } from "./names.ts";
import type { AccountsPort, Failure } from "./outcome.ts";
import { PasswordCheck } from "./password-check.ts";
import type { Admin, Person, Principal } from "./principal.ts";
import { principalOf } from "./remembered-logins.ts";

/** How long a login is told to wait while too many are being checked. */
const BUSY_MS = 1000;

export interface PasswordLoginsDeps {
	readonly accounts: AccountsPort;
	readonly throttle: LoginThrottle;
	readonly isCurrent: (principal: Principal) => boolean;
	/** Logs a login that was refused. */
	readonly refuse: (who: string, address: string) => Failure;
}

/** Logins of people with their passwords. */
export class PasswordLogins {
	readonly #deps: PasswordLoginsDeps;
	readonly #check = new PasswordCheck();

	constructor(deps: PasswordLoginsDeps) {
		this.#deps = deps;
	}

	/** @param address Where it comes from; after too many failures it has to wait. */
	async login(
		written: string,
		password: string,
		address: string,
	): Promise<Admin | Person | Failure> {
		const { accounts, throttle, isCurrent, refuse } = this.#deps;
		// A client without a login guesses nothing: many old devices have none, and must not keep out admins beside them.
		if (written === "" || password === "") return refuse(written, address);
		const waitMs = throttle.waitOf(address);
		if (waitMs > 0) return { kind: "slow", waitMs };
		const name = plainName(written);
		await accounts.refresh();
		let user = accounts.user(name);
		const mayTry = () => throttle.waitOf(address) === 0;
		const isRight = () => this.#check.isRight(name, password, user?.hash, mayTry);
		let checked = await isRight();
		// Those with logins that are no longer valid may have been disconnected meanwhile: this one would stay.
		await (checked === false ? accounts.refreshSurely() : accounts.refresh());
		if (checked === false && accounts.user(name)?.hash !== user?.hash) {
			user = accounts.user(name);
			checked = await isRight();
			await accounts.refresh();
		}
		if (checked === "busy") return { kind: "slow", waitMs: throttle.waitOf(address) || BUSY_MS };
		const principal = user && principalOf(user);
		if (!checked || principal === undefined || !isCurrent(principal)) {
			const failure = throttle.refuse(address, user?.name);
			return failure.kind === "refused" ? refuse(name, address) : failure;
		}
		if (principal.kind === "admin") throttle.succeeded(address);
		else throttle.forgive(address, principal.name);
		return principal;
	}
}
