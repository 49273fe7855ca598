import { OPAQUE_ORIGIN } from "../../auth/mod.ts";
import { AccessError, refusePage, type Visitor } from "../../http/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";

/**
 * Whether a device is a visitor's to change: an admin's, the device's own, that of the token which registered it, or
 * that of the page's origin; pages without an origin all have the same one.
 */
export function owns(visitor: Visitor, id: string, device: DeviceRecord | undefined): boolean {
	switch (visitor.kind) {
		case "admin":
			return true;
		case "device":
			return visitor.id === id;
		case "token":
			return device !== undefined && device.token === visitor.token;
		case "page": {
			const { origin } = visitor;
			if (device === undefined) return false;
			return visitor.id === id || (origin !== OPAQUE_ORIGIN && device.origin === origin);
		}
		case "account":
		case "anonymous":
			return false;
	}
}

/** @throws AccessError unless the visitor {@link owns} the device. */
export function needOwner(visitor: Visitor, id: string, device: DeviceRecord | undefined): void {
	if (owns(visitor, id, device)) return;
	refusePage(visitor);
	throw visitor.kind === "anonymous"
		? new AccessError(401, "the device's login or an admin's is needed")
		: new AccessError(403, "this is not your device");
}

/**
 * Whether a visitor may register under an id: with any token, or from any page, while it is free, and later
 * only with the token or from the origin it was registered with, its own login, or an admin's.
 * @throws AccessError when not.
 */
export function needRegistrar(
	visitor: Visitor,
	id: string,
	device: DeviceRecord | undefined,
): void {
	if (visitor.kind === "anonymous") {
		throw new AccessError(
			401,
			"a registration token is needed: send 'Authorization: Bearer <token>' or ?token=<token>",
		);
	}
	const isFree = device === undefined || (device.token === null && device.secretHash === null);
	if (visitor.kind === "token" && isFree) return;
	if (visitor.kind === "page" && device === undefined) return;
	if (visitor.kind === "device" && device === undefined) {
		throw new AccessError(403, "a device's login registers only that device");
	}
	if (owns(visitor, id, device)) return;
	throw new AccessError(403, "this id is registered to another client");
}
