import type { UserRecord } from "../store/mod.ts";
import type { DrawnSecret } from "./drawn-secrets.ts";
import { plainName } from "./names.ts";
import type { AccountsPort } from "./outcome.ts";
import { type Admin, ANYONE, LOCAL, type Page, type Person, type Principal } from "./principal.ts";

/** Kind of a page's login; `page` is that of a device. */
const PAGE = "session";

/** A login as text, by which {@link recalled} finds it; that of a page's device while logins are off is another one. */
export function rememberedAs(principal: Principal, isOn: boolean): string {
	if (principal === ANYONE || principal === LOCAL) return principal.name;
	switch (principal.kind) {
		case "device":
			return `${isOn ? "device" : "page"} ${principal.id}`;
		case "admin":
			return `user ${principal.name}`;
		case "person":
			return `${principal.role} ${principal.name}`;
		case "page":
			return `${PAGE} ${principal.id}`;
		case "service":
			return `service ${principal.name}`;
	}
}

/** What there is to log in with. */
export interface KnownLogins {
	readonly accounts: Pick<AccountsPort, "user" | "service">;
	/** A page, while its session lasts. */
	readonly page: (id: string) => Page | undefined;
	readonly secretHashOf: (daId: string) => string | null | undefined;
}

/** The principal of a remembered login; undefined when the login no longer exists. */
export function recalled(
	remembered: string,
	isOn: boolean,
	{ accounts, page, secretHashOf }: KnownLogins,
): Principal | undefined {
	const [kind, name] = split(remembered);
	const isDevice = kind === "page" || (kind === "device" && isOn);
	if (!isOn && !isDevice) return ANYONE;
	if (remembered === LOCAL.name) return LOCAL;
	if (isDevice) {
		const hash = secretHashOf(name);
		return typeof hash === "string" ? { kind: "device", id: name, stamp: hash } : undefined;
	}
	if (kind === PAGE) return page(name);
	if (kind === "service") {
		const secret = accounts.service(name);
		return secret && { kind, name, stamp: secret.hash };
	}
	const user = accounts.user(name);
	if (user === undefined || !user.isActive) return undefined;
	return kind === (user.role === "admin" ? "user" : user.role) ? principalOf(user) : undefined;
}

/** Whether a login still exists, with the secret and the role it was made with. */
export function isValid(principal: Principal, known: KnownLogins): boolean {
	if (principal === ANYONE || principal === LOCAL) return true;
	switch (principal.kind) {
		case "admin":
		case "person": {
			const user = known.accounts.user(principal.name);
			if (user === undefined || !user.isActive) return false;
			return isSamePerson(principalOf(user), principal);
		}
		case "device":
			return known.secretHashOf(principal.id) === principal.stamp;
		case "page":
			return known.page(principal.id)?.stamp === principal.stamp;
		case "service":
			return known.accounts.service(principal.name)?.hash === principal.stamp;
	}
}

/**
 * The principal of a name whose password has been checked before; undefined: no one can log in by it.
 * @param drawn Its secret, if it is the name of someone who has one that was drawn at random.
 */
export function named(
	name: string,
	drawn: DrawnSecret | undefined,
	{ accounts }: KnownLogins,
): Principal | undefined {
	if (drawn !== undefined) return drawn.hash === null ? undefined : drawn.principal;
	const user = accounts.user(plainName(name));
	return user?.isActive === true ? principalOf(user) : undefined;
}

/** The login of an account. */
export function principalOf({ id, name, role, hash }: UserRecord): Admin | Person {
	return role === "admin"
		? { kind: "admin", name, stamp: hash }
		: { kind: "person", id, name, role, stamp: hash };
}

function split(text: string): [string, string] {
	const space = text.indexOf(" ");
	return space < 0 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)];
}

function isSamePerson(one: Admin | Person, other: Admin | Person): boolean {
	if (one.stamp !== other.stamp || one.kind !== other.kind) return false;
	return other.kind === "admin" || (one.kind === "person" && one.role === other.role);
}
