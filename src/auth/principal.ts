/** An administrator, or everyone while logins are off. */
export interface Admin {
	readonly kind: "admin";
	readonly name: string;
	readonly stamp: string;
}

/** A teacher or student: their rights are the project manager's to decide, and they have none on MQTT. */
export interface Person {
	readonly kind: "person";
	/** Of the account; never given again, as a name may be. */
	readonly id: number;
	readonly name: string;
	readonly role: "teacher" | "student";
	readonly stamp: string;
}

/** A device, with the login its registration gave it. */
export interface Device {
	readonly kind: "device";
	readonly id: string;
	readonly stamp: string;
}

/** A server module that talks MQTT as itself, such as `ccm`. */
export interface Service {
	readonly kind: "service";
	readonly name: string;
	readonly stamp: string;
}

/** A page of a person's, with the login it was given for as long as their session lasts (`ccm-gui.md §5`). */
export interface Page {
	readonly kind: "page";
	/** UUID in lowercase. */
	readonly id: string;
	/** The person's. */
	readonly name: string;
	readonly stamp: string;
}

/**
 * The identity behind a login. Its stamp is the stored hash at the time of the login: it tells when that login has
 * been replaced.
 */
export type Principal = Admin | Person | Device | Service | Page;

/** The identity of all clients while logins are off. */
export const ANYONE = { kind: "admin", name: "anyone", stamp: "" } as const satisfies Admin;
/** The command line on this machine, by the key in the run file. */
export const LOCAL = { kind: "admin", name: "local", stamp: "" } as const satisfies Admin;

const ADMINS = "admins";

/** Whether a principal may do everything. The only place that says so. */
export function isUnrestricted(principal: Principal): principal is Admin {
	return principal.kind === "admin";
}

/** As audit lines and messages name it: the name of a user, of a page's user or of a service, or a device's id. */
export function nameOf(principal: Principal): string {
	return principal.kind === "device" ? principal.id : principal.name;
}

/** What grants and MQTT sessions belong to: each device, person, page and service by itself; admins share theirs. */
export function ownerOf(principal: Principal): string {
	switch (principal.kind) {
		case "admin":
			return ADMINS;
		case "device":
			return principal.id;
		case "person":
			return `person ${principal.id}`;
		case "page":
			return `page ${principal.id}`;
		case "service":
			return `service ${principal.name}`;
	}
}

/** Whether a principal has an account. */
export function isPerson(principal: Principal): principal is Admin | Person {
	if (principal === ANYONE || principal === LOCAL) return false;
	return principal.kind === "admin" || principal.kind === "person";
}
