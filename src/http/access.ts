import {
	type Account,
	ANYONE,
	foreignHostReason,
	foreignOriginReason,
	LOCAL_ACCOUNT,
	type LoginSessions,
	type Outcome,
	type Principal,
	type Provenance,
	type Verified,
} from "../auth/mod.ts";
import { basicOf, bearerOf } from "./authorization.ts";
import type { Call } from "./call.ts";
import { devicePasswordIn } from "./device-login.ts";

/** The logins, as HTTP needs them; `auth` fulfils it. */
export interface AuthPort {
	/** Whether logins are asked for. */
	readonly isOn: boolean;
	isLocalKey(text: string): boolean;
	login(name: string, password: string, address: string): Promise<Outcome>;
	/** Whether it is the password of a device's registration, also while logins are off. */
	isDevicePassword(id: string, password: string): boolean;
	/** A device's login, also while logins are off. @throws StorageError when the database of a cluster does not answer. */
	anyDeviceLogin(id: string, password: string, address: string): Promise<Outcome>;
	token(token: string, address: string): Promise<{ readonly token: string } | Outcome>;
	/** Brings accounts up to date that the command line may have changed. */
	refreshAccounts(): Promise<void>;
	/** Whether a login still holds; no, while that is not known. */
	isSurelyCurrent(principal: Principal): boolean;
	/** A person's name and password, also while logins are off. */
	verify(name: string, password: string, address: string): Promise<Verified>;
	/** The account of a login; undefined for logins without one. */
	accountOf(principal: Principal): Account | undefined;
	/** Whether an account is as it was; no, while that is not known. */
	isCurrentAccount(account: Account): boolean;
	/** Begins a session without a password. */
	beginSession(account: Pick<Account, "name">): Promise<string>;
	readonly sessions: Pick<LoginSessions, "begin" | "find" | "refresh" | "end" | "listOf" | "endOf">;
}

/** An administrator: may do everything. */
export type Admin = Extract<Principal, { kind: "admin" }>;

/** The caller. */
export type Visitor =
	| Admin
	| { readonly kind: "device"; readonly id: string }
	/** A person on a route for accounts. */
	| { readonly kind: "account"; readonly account: Account }
	/** Has a registration token. */
	| { readonly kind: "token"; readonly token: string }
	/** A page of another origin while logins are off; `id` is the device whose password it shows. */
	| { readonly kind: "page"; readonly origin: string; readonly id: string | undefined }
	| { readonly kind: "anonymous" };

/** A request that is not allowed; it is answered with its status. */
export class AccessError extends Error {
	override readonly name = "AccessError";

	constructor(
		/** 401: a login is needed; 403: not allowed; 429: wait. */
		readonly status: 401 | 403 | 429,
		message: string,
		/** Seconds to wait before the next try. */
		readonly retryAfter?: number,
	) {
		super(message);
	}
}

const ANONYMOUS: Visitor = { kind: "anonymous" };
/** User name that stands for a registration token, for clients that can only send a name and a password. */
const TOKEN_USER = "token";

/** Identifies the caller by what a request shows, and refuses requests by where they come from. */
export class HttpAccess {
	readonly #auth: AuthPort;

	constructor(auth: AuthPort) {
		this.#auth = auth;
	}

	/**
	 * The caller, by `Authorization: Bearer` or `Basic`, or by a registration token in the URL; while logins are off, by
	 * where the request comes from.
	 * @param inPath A registration token that stood in the path.
	 * @throws AccessError when what was shown is wrong, or too much was wrong before.
	 */
	async who(
		{ request, headers, remoteAddress: address, from }: Call,
		inPath?: string,
	): Promise<Visitor> {
		const authorization = headers.get("authorization");
		const [scheme = "", shown = ""] = (authorization ?? "").split(" ", 2);
		const basic = basicOf(authorization);
		if (!this.#auth.isOn) return this.#withoutLogins(from, basic, address);
		if (/^bearer$/i.test(scheme)) return this.#byToken(shown, address);
		if (basic !== undefined) {
			const [name, password] = basic;
			if (name === TOKEN_USER) return this.#byToken(password, address);
			return visitorOf(await this.#auth.login(name, password, address));
		}
		const token = inPath ?? tokenInQuery(request.url);
		return token === null ? ANONYMOUS : this.#byToken(token, address);
	}

	/**
	 * Refuses what a page could read by having become this server with DNS rebinding.
	 * @param anyHost Whether any `Host` will do while logins are on.
	 * @throws AccessError
	 */
	checkHost({ headers, from }: Call, anyHost = false): void {
		if (this.#auth.isOn) {
			// A name without a dot is not on the Internet, and no browser adds this header by itself.
			const isProgram = headers.get("authorization") !== null && !from.host.key.includes(".");
			if (anyHost || isProgram) return;
		}
		needOwnHost(from);
	}

	/** @throws AccessError when a page of another origin asks while logins are off. */
	refusePages({ from }: Call): void {
		const { foreignOrigin } = from;
		if (!this.#auth.isOn && foreignOrigin !== undefined) throw foreignPage(foreignOrigin);
	}

	/** @throws AccessError unless a form may have been sent from a page of ours. */
	checkForm(call: Call): void {
		needOwnHost(call.from);
		this.refusePages(call);
	}

	/**
	 * The person whose name and password a request shows (`Basic`), or the command line on this machine by its key
	 * (`Bearer`), also while logins are off.
	 * @returns undefined when it shows none.
	 * @throws AccessError when they are wrong, or too much was wrong before.
	 */
	async person({ headers, remoteAddress }: Call): Promise<Account | undefined> {
		const authorization = headers.get("authorization");
		if (this.#auth.isLocalKey(bearerOf(authorization))) return LOCAL_ACCOUNT;
		const shown = basicOf(authorization);
		if (shown === undefined) return undefined;
		const outcome = await this.#auth.verify(...shown, remoteAddress);
		if (outcome.kind === "account") return outcome.account;
		return refuse(outcome);
	}

	/** A device, where the request shows the password of its registration. @param id In lowercase. */
	device(call: Call, id: string): Visitor {
		const password = devicePasswordIn(call, id);
		const isRight = password !== undefined && this.#auth.isDevicePassword(id, password);
		return isRight ? { kind: "device", id } : ANONYMOUS;
	}

	/** Whether an admin is still one; no, while that is not known. */
	isSurelyCurrent(admin: Admin): boolean {
		return this.#auth.isSurelyCurrent(admin);
	}

	/** @throws AccessError unless a request shows the key of the command line on this machine. */
	needLocalKey({ headers }: Call): void {
		if (this.#auth.isLocalKey(bearerOf(headers.get("authorization")))) return;
		throw new AccessError(403, "only the command line on this machine may ask for this");
	}

	/** Whether a person's account is as it was; no, while that is not known. */
	isCurrentAccount(account: Account): boolean {
		return this.#auth.isCurrentAccount(account);
	}

	async #withoutLogins(
		{ foreignOrigin: origin }: Provenance,
		basic: readonly [string, string] | undefined,
		address: string,
	): Promise<Visitor> {
		if (origin === undefined) return ANYONE;
		if (basic === undefined) return { kind: "page", origin, id: undefined };
		const outcome = await this.#auth.anyDeviceLogin(...basic, address);
		if (outcome.kind === "device") return { kind: "page", origin, id: outcome.id };
		if (outcome.kind === "slow") return visitorOf(outcome);
		throw new AccessError(403, "this is not the name and password of a registered device");
	}

	async #byToken(token: string, address: string): Promise<Visitor> {
		if (this.#auth.isLocalKey(token)) {
			return visitorOf(await this.#auth.login("local", token, address));
		}
		const outcome = await this.#auth.token(token, address);
		return "token" in outcome ? { kind: "token", token: outcome.token } : visitorOf(outcome);
	}
}

function visitorOf(outcome: Outcome): Visitor {
	switch (outcome.kind) {
		case "admin":
		case "device":
			return outcome;
		case "person":
		case "page":
		case "service":
			throw new AccessError(403, "this login is not for the HTTP interface");
		case "slow":
		case "refused":
			return refuse(outcome);
	}
}

/** @throws AccessError */
function refuse(failure: Exclude<Verified, { kind: "account" }>): never {
	if (failure.kind === "refused") {
		throw new AccessError(401, "login refused: wrong name, password or token, or it has expired");
	}
	const seconds = Math.ceil(failure.waitMs / 1000);
	throw new AccessError(429, `too many failed logins: wait ${seconds} s`, seconds);
}

/** `?token=`, as devices send it that cannot set header fields. */
function tokenInQuery(url: string): string | null {
	return url.includes("?") ? new URL(url).searchParams.get("token") : null;
}

/** @throws AccessError unless the request is for a name of this server. */
function needOwnHost({ host, isOwnHost }: Provenance): void {
	if (!isOwnHost) throw new AccessError(403, foreignHostReason(host));
}

/** @throws AccessError unless an admin asks. */
export function needAdmin(visitor: Visitor): asserts visitor is Admin {
	if (visitor.kind === "admin") return;
	if (visitor.kind === "anonymous") throw new AccessError(401, "an admin's login is needed");
	if (visitor.kind === "page") throw foreignPage(visitor.origin);
	throw new AccessError(403, "only admins may see this");
}

const foreignPage = (origin: string) => new AccessError(403, foreignOriginReason(origin));

/** @throws AccessError when a page of another origin asks. */
export function refusePage(visitor: Visitor): void {
	if (visitor.kind === "page") throw foreignPage(visitor.origin);
}
