import { LOCAL, LOCAL_ACCOUNT } from "../auth/mod.ts";
import { AccessError, type Admin, type HttpAccess, needAdmin, type Visitor } from "./access.ts";
import type { Call, LetIn } from "./call.ts";
import { isFromOurPage, type PageLogin } from "./page-login.ts";
import type { Route, RouteContext } from "./route.ts";
import { isSafe } from "./safe-methods.ts";

const ANONYMOUS: Visitor = { kind: "anonymous" };

/** What the gate found out: the caller, and whether that one may go on. */
export type Admitted = Omit<RouteContext, "call" | "params" | "body">;

/** The command line on the machine of another node, which has its own key. */
function localIn({ letIn }: Call): Visitor | undefined {
	return letIn?.account?.id === LOCAL_ACCOUNT.id ? LOCAL : undefined;
}

/** Lets requests through to a route, or not, by what the route's table says. */
export class Gate {
	readonly #access: HttpAccess;
	readonly #login: PageLogin;

	constructor(access: HttpAccess, login: PageLogin) {
		this.#access = access;
		this.#login = login;
	}

	/**
	 * @param params Of the path: a registration token, the id of a device.
	 * @throws AccessError
	 */
	async admit(
		{ who, method, hosts, passOn }: Route,
		call: Call,
		{ token, id = "" }: RouteContext["params"] = {},
	): Promise<Admitted> {
		// Of what else other nodes pass on, only their command lines are let in by them.
		if (call.letIn !== undefined && passOn !== undefined) return this.#letIn(call, call.letIn);
		switch (who) {
			case "any-page":
				if (hosts !== "any") this.#access.checkHost(call);
				return this.#anonymous(call);
			case "anyone":
				if (hosts !== "any") this.#access.checkHost(call);
				this.#access.refusePages(call);
				return this.#anonymous(call);
			case "form":
				this.#access.checkForm(call);
				if (isFromOurPage(call)) return this.#anonymous(call);
				throw new AccessError(403, "this form is accepted only from the server's own page");
			case "account":
				return this.#account(call, hosts === "with-logins");
			case "local":
				this.#access.needLocalKey(call);
				return this.#anonymous(call);
			case "broker":
				return this.#anonymous(call);
			case "device":
				return this.#admitted(call, this.#access.device(call, id));
			case "registrar":
			case "owner":
				return this.#admitted(call, localIn(call) ?? (await this.#access.who(call, token)));
			case "admin": {
				const { admin, isBySession } = await this.#admin(call, hosts === "with-logins");
				if (method !== "GET" && !isFromOurPage(call)) {
					throw new AccessError(403, "accepted only from the server's own page");
				}
				return {
					...this.#admitted(call, admin),
					stillMay: () =>
						this.#access.isSurelyCurrent(admin) &&
						(!isBySession || this.#login.visitor(call) !== undefined),
					isAdmin: async () => true,
				};
			}
		}
	}

	/** Another node has asked all that is asked here. */
	#letIn(call: Call, { account }: LetIn): Admitted {
		if (account === null) return this.#anonymous(call);
		return {
			...this.#admitted(call, { kind: "account", account }),
			stillMay: () => this.#access.isCurrentAccount(account),
		};
	}

	#anonymous(call: Call): Admitted {
		return this.#admitted(call, ANONYMOUS);
	}

	#admitted(call: Call, visitor: Visitor): Admitted {
		return {
			visitor,
			stillMay: () => false,
			isAdmin: () => this.#isAdmin(call),
			account: () => (visitor.kind === "account" ? visitor.account : undefined),
			logins: () => this.#login.loginsOf(call),
		};
	}

	/** Who asks is known by an account alone: that logins are off makes no one an administrator here. */
	async #account(call: Call, anyHost: boolean): Promise<Admitted> {
		this.#access.checkHost(call, anyHost);
		this.#access.refusePages(call);
		const byPassword = await this.#access.person(call);
		if (!isSafe(call.request.method) && !isFromOurPage(call)) {
			const isTrusted = byPassword !== undefined && call.from.foreignOrigin === undefined;
			if (!isTrusted) throw new AccessError(403, "accepted only from the server's own page");
		}
		const account = byPassword ?? (await this.#login.currentAccount(call));
		if (account === undefined) return this.#anonymous(call);
		return {
			...this.#admitted(call, { kind: "account", account }),
			stillMay: () =>
				this.#access.isCurrentAccount(account) &&
				(byPassword !== undefined || this.#login.account(call)?.id === account.id),
		};
	}

	async #isAdmin(call: Call): Promise<boolean> {
		try {
			await this.#admin(call, true);
			return true;
		} catch {
			return false;
		}
	}

	async #admin(call: Call, anyHost: boolean): Promise<{ admin: Admin; isBySession: boolean }> {
		this.#access.checkHost(call, anyHost);
		const shown = await this.#access.who(call);
		const bySession =
			shown.kind === "anonymous" ? await this.#login.currentVisitor(call) : undefined;
		const visitor = bySession ?? shown;
		needAdmin(visitor);
		return { admin: visitor, isBySession: visitor !== shown };
	}
}
