import { ANYONE, type Outcome, type Principal } from "../../auth/auth.ts";
import type { DeviceRecord } from "../../store/store.ts";

/** Who may do what over HTTP; `auth` fulfils it. */
export interface AuthPort {
	readonly isOn: boolean;
	isLocalKey(text: string): boolean;
	login(name: string, password: string, address: string): Promise<Outcome>;
	token(token: string, address: string): { readonly token: string } | Outcome;
	/** Whether somebody is still who they were when they logged in. */
	isStill(principal: Principal): boolean;
	readonly sessions: {
		begin(admin: Admin): string;
		find(secret: string): Admin | undefined;
		end(secret: string): void;
	};
}

/** Somebody who may do everything. */
export type Admin = Extract<Principal, { kind: "admin" }>;

/** Who asks. */
export type Visitor =
	| Admin
	| { readonly kind: "device"; readonly id: string }
	/** Holds a registration token. */
	| { readonly kind: "token"; readonly token: string }
	| { readonly kind: "nobody" };

/** A request that is not allowed; the border answers with its status. */
export class AccessError extends Error {
	override readonly name = "AccessError";

	constructor(
		/** 401: say who you are; 403: you may not; 429: wait. */
		readonly status: 401 | 403 | 429,
		message: string,
		/** Seconds to wait before the next try. */
		readonly retryAfter?: number,
	) {
		super(message);
	}
}

const NOBODY: Visitor = { kind: "nobody" };
/** User name that stands for a registration token, for clients that can only send name and password. */
const TOKEN_USER = "token";

/** Finds out who asks, and says whether that one may. */
export class HttpAccess {
	readonly #auth: AuthPort;

	constructor(auth: AuthPort) {
		this.#auth = auth;
	}

	/**
	 * Who asks, by `Authorization: Bearer` or `Basic`, or by a registration token in the URL.
	 * @param inPath A registration token that stood in the path.
	 * @throws AccessError when what was shown is wrong, or too much was wrong before.
	 */
	async who(request: Request, address: string, inPath?: string): Promise<Visitor> {
		if (!this.#auth.isOn) return ANYONE;
		const [scheme = "", shown = ""] = (request.headers.get("authorization") ?? "").split(" ", 2);
		if (/^bearer$/i.test(scheme)) return this.#byToken(shown, address);
		if (/^basic$/i.test(scheme)) {
			const [, name = "", password = ""] =
				/^([^:]*):(.*)$/s.exec(Buffer.from(shown, "base64").toString()) ?? [];
			if (name === TOKEN_USER) return this.#byToken(password, address);
			return visitorOf(await this.#auth.login(name, password, address));
		}
		const token = inPath ?? new URL(request.url).searchParams.get("token");
		return token === null ? NOBODY : this.#byToken(token, address);
	}

	/** Whether logins are asked for. */
	get isOn(): boolean {
		return this.#auth.isOn;
	}

	/** Whether an admin is still one. */
	isStill(admin: Admin): boolean {
		return this.#auth.isStill(admin);
	}

	async #byToken(token: string, address: string): Promise<Visitor> {
		if (this.#auth.isLocalKey(token)) {
			return visitorOf(await this.#auth.login("local", token, address));
		}
		const outcome = this.#auth.token(token, address);
		return "token" in outcome ? { kind: "token", token: outcome.token } : visitorOf(outcome);
	}
}

function visitorOf(outcome: Outcome): Visitor {
	switch (outcome.kind) {
		case "admin":
		case "device":
			return outcome;
		case "slow": {
			const seconds = Math.ceil(outcome.waitMs / 1000);
			throw new AccessError(429, `too many failed logins: wait ${seconds} s`, seconds);
		}
		case "refused":
			throw new AccessError(401, "login refused: wrong name, password or token, or it has expired");
	}
}

/** @throws AccessError unless an admin asks. */
export function needAdmin(visitor: Visitor): asserts visitor is Admin {
	if (visitor.kind === "admin") return;
	if (visitor.kind === "nobody") throw new AccessError(401, "an admin's login is needed");
	throw new AccessError(403, "only admins may see this");
}

/** Whether a visitor may see and change a device: an admin, the device itself, or whose token registered it. */
export function owns(visitor: Visitor, id: string, device: DeviceRecord | undefined): boolean {
	switch (visitor.kind) {
		case "admin":
			return true;
		case "device":
			return visitor.id === id;
		case "token":
			return device !== undefined && device.token === visitor.token;
		case "nobody":
			return false;
	}
}

/** @throws AccessError unless the visitor {@link owns} the device. */
export function needOwner(visitor: Visitor, id: string, device: DeviceRecord | undefined): void {
	if (owns(visitor, id, device)) return;
	throw visitor.kind === "nobody"
		? new AccessError(401, "the device's login or an admin's is needed")
		: new AccessError(403, "this is not your device");
}

/**
 * Whether a visitor may register under an id: with any token while nobody holds it, and later only with the
 * token it was registered with, its own login, or an admin's.
 * @throws AccessError when not.
 */
export function needRegistrar(
	visitor: Visitor,
	id: string,
	device: DeviceRecord | undefined,
): void {
	if (visitor.kind === "nobody") {
		throw new AccessError(
			401,
			"a registration token is needed: send 'Authorization: Bearer <token>' or ?token=<token>",
		);
	}
	const isFree = device === undefined || (device.token === null && device.secretHash === null);
	if (visitor.kind === "token" && isFree) return;
	if (visitor.kind === "device" && device === undefined) {
		throw new AccessError(403, "a device's login registers only that device");
	}
	if (owns(visitor, id, device)) return;
	throw new AccessError(403, "this id is registered to somebody else");
}
